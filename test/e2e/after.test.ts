import assert from 'node:assert/strict';
import { after, describe } from 'node:test';
import type { Caller } from '../support/caller.ts';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, inQueue } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { TestTrunk } from '../support/test-trunk.ts';
import { TONES } from '../support/tones.ts';

const ACCOUNT = { user: 'centralita', password: 'secreto-del-trunk' };
const say = (es: string) => [{ es }];
const HANGUP = { adios: { type: 'hangup' } };

interface Message {
  readonly id: string;
  readonly callId: string;
  readonly durationMs: number;
  readonly state: string;
}

/** The caller hears something that is no tone of ours: a voice, a beep, ringing. */
const hears = (caller: Caller, what: string, sinceMs = 0) =>
  eventually(what, () =>
    caller.rtp?.heard.stretches.some(
      (stretch) =>
        stretch.what === 'other' && stretch.toMs - Math.max(stretch.fromMs, sinceMs) > 300,
    ),
  );
let numbers = 0;
const outside = () => `+5255551${70_000 + ++numbers}`;

describe('after the call, and instead of it', () => {
  let trunk: TestTrunk;
  const house = sharedHouse('after', async () => {
    trunk = await TestTrunk.open(ACCOUNT);
    return {
      env: {
        TRUNK_URI: trunk.uri,
        TRUNK_USER: ACCOUNT.user,
        TRUNK_PASSWORD: ACCOUNT.password,
        ALLOWED_DESTINATIONS: '+52',
      },
    };
  });
  after(() => trunk.close());

  /** A line whose flow is the one given, around its queue. */
  async function lineWith(nodes: (queue: string) => object, start: string, settings = {}) {
    const { company, system } = house();
    const line = await company.line(settings);
    const number = line.queueId.replace('cola-', '');
    await system.api.put(`/v1/flows/flujo-${number}`, {
      document: {
        name: 'Después',
        languages: ['es-MX'],
        start,
        nodes: nodes(line.queueId),
      },
    });
    return line;
  }

  scene(
    'the agent hangs up, the caller is asked, and the answer joins the record',
    async (stage) => {
      const { company, system } = house();
      const line = await lineWith(
        (queue) => ({
          cola: { type: 'queue', queue, afterCall: 'encuesta' },
          encuesta: {
            type: 'survey',
            questions: [
              { name: 'trato', prompts: say('¿Cómo le hemos atendido, del uno al cinco?') },
            ],
          },
        }),
        'cola',
      );
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the agent', () => caller.rtp?.heard.find(TONES.agent, 300));
      await phone.hangUp();
      const since = performance.now();
      await company.state(carmen, 'ready');
      await hears(caller, 'the question', since);
      await caller.press('4');
      await caller.wasHungUp();
      const cdr = await cdrOf(system.api, caller.sipp.callId);
      assert.deepEqual(
        [cdr.outcome, cdr.endedBy, cdr.agentId, cdr.survey],
        ['answered', 'agent', carmen.id, { trato: 4 }],
      );
      const { items } = await system.api.get<{ items: { question: string; mean: number }[] }>(
        `/v1/surveys?queueId=${line.queueId}`,
      );
      assert.deepEqual(
        items.map(({ question, mean }) => [question, mean]),
        [['trato', 4]],
      );
    },
  );

  scene('a call back by key from the queue keeps the place and is dialled', async (stage) => {
    const { company, system } = house();
    const line = await lineWith(
      (queue) => ({
        cola: { type: 'queue', queue, onKey: { '1': 'devolucion' } },
        devolucion: { type: 'callback', queue, failed: 'cola' },
      }),
      'cola',
      { callbackEnabled: true },
    );
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen);
    const ani = outside();
    const caller = await house().dial(stage, line.dnis, { ani });
    await inQueue(system.api, ani, line.queueId);
    await caller.press('1');
    await hears(caller, 'the offer');
    await caller.press('1');
    await caller.wasHungUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.outcome, 'callback');
    await company.ready(carmen);
    await phone.rings();
    await phone.answer();
    const customer = await (await trunk.call(ani)).answer(TONES.otherCaller);
    await eventually('the customer', () => phone.heard().find(TONES.otherCaller, 300));
    await eventually('the agent', () => customer.rtp.heard.find(TONES.agent, 300));
    customer.hangUp();
    const story = await historyOf(system.api, cdr.callbackId ?? '');
    assert.equal(story[0]?.data.originalCallId, cdr.callId);
  });

  scene('a transfer outside: by key both hear each other; busy is told apart', async (stage) => {
    const number = outside();
    const line = await lineWith(
      () => ({
        fuera: {
          type: 'transfer',
          to: { number },
          busy: 'ocupado',
          noAnswer: 'adios',
          failed: 'adios',
        },
        ocupado: { type: 'hangup', prompts: say('Está ocupado.') },
        ...HANGUP,
      }),
      'fuera',
    );
    const caller = await house().dial(stage, line.dnis);
    const call = await trunk.call(number);
    call.ringing();
    await hears(caller, 'that it rings');
    const other = await call.answer(TONES.otherCaller);
    // A voicemail would be told the same, and have nobody.
    await eventually('what it is about', () =>
      other.rtp.heard.stretches.some(
        ({ what, fromMs, toMs }) => what === 'other' && toMs - fromMs > 100,
      ),
    );
    assert.equal(other.rtp.heard.totalMs(TONES.caller), 0);
    other.rtp.press('1');
    await eventually('the other', () => caller.rtp?.heard.find(TONES.otherCaller, 300));
    await eventually('the caller', () => other.rtp.heard.find(TONES.caller, 300));
    other.hangUp();
    await caller.wasHungUp();
    const cdr = await cdrOf(house().system.api, caller.sipp.callId);
    assert.deepEqual([cdr.outcome, cdr.transferredTo], ['transferred', number]);
    const second = await house().dial(stage, line.dnis);
    (await trunk.call(number, 2)).refuse(486);
    await hears(second, 'that it is busy');
    await second.wasHungUp();
    const third = await house().dial(stage, line.dnis);
    const ringing = await trunk.call(number, 3);
    ringing.ringing();
    await third.hangUp();
    await eventually('CANCEL', () => ringing.cancelledAt !== undefined);
  });

  scene('a transfer to a phone of the house', async (stage) => {
    const { company } = house();
    const carmen = await company.person();
    const phone = await house().baresip(stage, carmen);
    await company.agent(carmen.id, (live) => live.reachable);
    const line = await lineWith(
      () => ({
        tienda: {
          type: 'transfer',
          to: { extension: carmen.user },
          busy: 'adios',
          noAnswer: 'adios',
          failed: 'adios',
        },
        ...HANGUP,
      }),
      'tienda',
    );
    const caller = await house().dial(stage, line.dnis);
    await phone.rings();
    await phone.answer();
    await eventually('the phone', () => caller.rtp?.heard.find(TONES.agent, 300));
    await eventually('the caller', () => phone.heard().find(TONES.caller, 300));
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('a message: recorded, listed, listened to in part, handled, deleted', async (stage) => {
    const { api } = house().system;
    const line = await lineWith((queue) => ({ buzon: { type: 'voicemail', queue } }), 'buzon');
    const caller = await house().dial(stage, line.dnis);
    await hears(caller, 'the greeting');
    await caller.press('#');
    // What the caller has to say takes its time.
    await pause(4_000);
    await caller.hangUp();
    const message = await eventually('the message', async () => {
      const { items } = await api.get<{ items: Message[] }>(
        `/v1/voicemails?queueId=${line.queueId}`,
      );
      return items[0];
    });
    assert.ok(message.durationMs > 1_000, String(message.durationMs));
    const headers = { authorization: `Bearer ${api.key}` };
    const url = `${api.base}/v1/voicemails/${message.id}/audio`;
    const whole = Buffer.from(await (await fetch(url, { headers })).arrayBuffer());
    assert.equal(whole.toString('latin1', 0, 4), 'RIFF');
    const part = await fetch(url, { headers: { ...headers, range: 'bytes=4-7' } });
    assert.equal(part.status, 206);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(4, 8));
    const listened = await api.get<{ items: { after: { range?: string } }[] }>(
      `/v1/audit?action=voicemail.listened&objectId=${message.id}`,
    );
    assert.deepEqual(
      listened.items.map(({ after }) => after.range),
      ['bytes=4-7', undefined],
    );
    await api.patch(`/v1/voicemails/${message.id}`, { state: 'handled' });
    await api.delete(`/v1/voicemails/${message.id}`);
    assert.equal(await api.status('GET', `/v1/voicemails/${message.id}`), 404);
  });
});
