import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import type { Caller } from '../support/caller.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, liveCalls } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TONES } from '../support/tones.ts';

let count = 0;

/** A flow with a number of its own. */
async function publish(api: ApiClient, document: object, language = 'es-MX') {
  count += 1;
  const id = `conversacion-${count}`;
  const dnis = `80057${10_000 + count}`;
  await api.post('/v1/flows', { id, document });
  const number = { dnis, name: id, flowId: id, language, country: 'MX' };
  await api.post('/v1/numbers', number);
  return { id, dnis };
}

const menu = (choices: object[]) => ({
  type: 'menu',
  prompts: [{ es: 'Marque una tecla.', en: 'Press a key.' }],
  timeoutSeconds: 30,
  choices,
  failed: 'fin',
});

/** The flow goes to another node in each version. */
const version = (way: string) => ({
  name: `Versión ${way}`,
  languages: ['es-MX'],
  start: 'menu',
  nodes: {
    menu: menu([{ key: '1', next: way }]),
    [way]: { type: 'hangup', prompts: [{ es: 'Adiós.' }] },
    fin: { type: 'hangup' },
  },
});

const nodesOf = async (api: ApiClient, caller: Caller): Promise<readonly unknown[]> => {
  const { callId } = await cdrOf(api, caller.sipp.callId);
  const history = await historyOf(api, callId);
  return history.filter(({ type }) => type === 'flow.node').map(({ data }) => data.node);
};

const inFlow = (api: ApiClient, caller: Caller) =>
  eventually('the caller to be in the flow', async () =>
    (await liveCalls(api)).some(
      ({ stage, context }) => stage === 'flow' && context.ani === caller.ani,
    ),
  );

describe('conversation: versions of flows', () => {
  const house = sharedHouse('conversation');

  scene('who is in a menu keeps the version; the next caller gets the new one', async (stage) => {
    const { api } = house().system;
    const { id, dnis } = await publish(api, version('uno'));
    const early = await house().dial(stage, dnis);
    await inFlow(api, early);
    await api.put(`/v1/flows/${id}`, { document: version('dos') });
    const late = await house().dial(stage, dnis);
    await inFlow(api, late);
    await api.post(`/v1/flows/${id}/rollback`);
    const last = await house().dial(stage, dnis);
    await inFlow(api, last);
    for (const caller of [early, late, last]) await caller.press('1');
    for (const caller of [early, late, last]) await caller.wasHungUp();
    assert.deepEqual(await nodesOf(api, early), ['menu', 'uno']);
    assert.deepEqual(await nodesOf(api, late), ['menu', 'dos']);
    assert.deepEqual(await nodesOf(api, last), ['menu', 'uno']);
  });

  scene(
    'a file is applied: who talks does not notice, who waits gets whom it brings',
    async (stage) => {
      const { company, system } = house();
      const line = await company.line();
      const [carmen, bruno] = [await company.person(line), await company.person()];
      const phones = [await house().baresip(stage, carmen), await house().baresip(stage, bruno)];
      await company.ready(carmen);
      const talks = await house().dial(stage, line.dnis);
      await phones[0]?.rings();
      await phones[0]?.answer();
      const since = await eventually('the caller hears', () =>
        talks.rtp?.heard.find(TONES.agent, 400),
      );
      const waits = await house().dial(stage, line.dnis);
      await eventually('somebody to wait', async () =>
        (await liveCalls(system.api)).some(({ position }) => position === 1),
      );
      await company.ready(bruno);
      const document = {
        queues: [{ id: line.queueId, name: 'Otro nombre', wrapUpMs: 5_000 }],
        agents: [{ id: bruno.id, name: 'Bruno', extension: bruno.user, queueIds: [line.queueId] }],
      };
      const applied = await fetch(`${system.api.base}/v1/configuration/apply`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${system.api.key}`,
          'content-type': 'application/json',
          'if-match': '*',
        },
        body: JSON.stringify({ document }),
      });
      assert.equal(applied.status, 200, await applied.text());
      await phones[1]?.rings();
      await phones[1]?.answer();
      await eventually('the other hears', () => waits.rtp?.heard.find(TONES.agent, 400));
      const gaps = (talks.rtp?.heard.stretches ?? [])
        .filter(({ what, fromMs }) => what === 'silence' && fromMs > since.fromMs)
        .map(({ fromMs, toMs }) => toMs - fromMs);
      assert.ok(Math.max(0, ...gaps) < 300, `silences of ${gaps.join(', ')} ms`);
      await talks.hangUp();
      await waits.hangUp();
      assert.equal((await cdrOf(system.api, talks.sipp.callId)).outcome, 'answered');
      assert.equal((await cdrOf(system.api, waits.sipp.callId)).agentId, bruno.id);
    },
  );
});
