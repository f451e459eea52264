import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readNumber } from '../../../src/callers/callers.ts';
import { readCompanyFile } from '../../../src/company-file.ts';
import { parseFlow } from '../../../src/ivr/flow.ts';
import { CALLER_STATUSES, LANGUAGES } from '../../../src/model/contact.ts';
import { after, deeds, digit, played, STRANGER, startFlow, texts } from './flows.ts';

const FILE = new URL('../../../config/example/company.yaml', import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: it is looked at as data.
const company = readCompanyFile<any>(FILE);
const queueIds: string[] = company.queues.map((queue: { id: string }) => queue.id);
const calendarIds: string[] = company.calendars.map((calendar: { id: string }) => calendar.id);
const flows = company.flows as { id: string; document: unknown }[];

describe('the example company', () => {
  it('has flows that can go live', () => {
    for (const { id, document } of flows) {
      const parsed = parseFlow(document, { queueIds, calendarIds, flows }, id);
      assert.ok(parsed.ok, parsed.ok ? '' : `${id}: ${parsed.error.join('\n')}`);
    }
  });

  it('names only what there is', () => {
    for (const number of company.numbers) {
      assert.ok(flows.some(({ id }) => id === number.flowId));
      assert.ok(LANGUAGES.includes(number.language));
    }
    for (const agent of company.agents) {
      for (const id of agent.queueIds) assert.ok(queueIds.includes(id));
      assert.match(agent.pin, /^\d{4}$/);
      assert.ok(agent.sipPassword.length >= 12);
    }
    for (const contact of company.contacts) {
      assert.ok(CALLER_STATUSES.includes(contact.status));
      for (const number of contact.numbers) {
        assert.deepEqual(readNumber(number, 'MX'), { kind: 'e164', e164: number });
      }
    }
  });

  it('brings a VIP who presses 1 to sales, first in line', () => {
    const document = flows.find(({ id }) => id === 'principal')?.document;
    const parsed = parseFlow(document, { queueIds, calendarIds });
    assert.ok(parsed.ok);
    const start = startFlow(parsed.value, STRANGER);
    assert.deepEqual(texts(start), ['Bienvenido a Muebles Alameda.']);
    const chosen = after(
      parsed.value,
      start,
      played,
      { type: 'identified', context: { ...STRANGER, status: 'vip', name: 'Ana García' } },
      played,
      digit('1'),
    );
    assert.match(texts(chosen).join(), /con prioridad/);
    const queued = after(parsed.value, chosen, played);
    assert.deepEqual(deeds(queued), ['enqueue']);
    assert.deepEqual(queued.effects.at(-1), {
      type: 'enqueue',
      queueId: 'ventas',
      priority: 8,
      requiredSkills: {},
    });
    assert.equal(queued.state.context.intent, 'ventas');
  });
});
