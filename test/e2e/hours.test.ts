import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { ApiClient } from '../support/api-client.ts';
import type { Baresip } from '../support/baresip.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { type CdrRecord, cdrOf, historyOf, liveCalls } from '../support/records.ts';
import { scene } from '../support/stage.ts';

const PIN = '740219';
const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
let numbers = 0;

interface Shop {
  readonly dnis: string;
  readonly calendar: string;
  readonly queueId: string;
}

/** A shop that is open day and night, unless it is closed: open, its callers wait in a queue. */
async function shop(api: ApiClient, phones: readonly string[] = []): Promise<Shop> {
  numbers += 1;
  const id = `tienda-${numbers}`;
  const dnis = `80056${10_000 + numbers}`;
  await api.post('/v1/queues', { id, name: id });
  const hours = [{ days: WEEK, from: '00:00', to: '24:00' }];
  const zone = 'America/Mexico_City';
  await api.post('/v1/calendars', { id, name: 'La tienda', zone, hours, phones, pin: PIN });
  const document = {
    name: id,
    languages: ['es-MX'],
    start: 'horario',
    nodes: {
      horario: { type: 'hours', open: 'cola', closed: 'cerrada', emergency: 'emergencia' },
      cola: { type: 'queue', queue: id },
      cerrada: { type: 'hangup', prompts: [{ es: 'Cerrada.' }] },
      emergencia: { type: 'hangup', prompts: [{ es: 'Emergencia.' }] },
    },
  };
  await api.post('/v1/flows', { id, document });
  const number = { name: id, flowId: id, calendarId: id, language: 'es-MX', country: 'MX' };
  await api.post('/v1/numbers', { dnis, ...number });
  return { dnis, calendar: id, queueId: id };
}

/** What the caller's flow found when it asked for the hours. */
async function hoursOf(api: ApiClient, { callId }: CdrRecord): Promise<unknown> {
  const asked = (await historyOf(api, callId)).filter(({ type }) => type === 'flow.hours');
  return asked.map(({ data }) => data.state).join();
}

const stateOf = async (api: ApiClient, { calendar }: Shop): Promise<string> =>
  (await api.get<{ now: { state: string } }>(`/v1/calendars/${calendar}`)).now.state;

/** From the keypad, with a finger that takes its time. */
async function type(phone: Baresip, keys: string): Promise<void> {
  for (const key of keys) {
    await phone.command('sndcode', key);
    await new Promise((resolve) => setTimeout(resolve, 350));
  }
}

describe('hours and closures', () => {
  const house = sharedHouse('hours');

  scene('closed by one call: the next caller is told, the one who waits goes on', async (stage) => {
    const { api } = house().system;
    const place = await shop(api);
    const before = await house().dial(stage, place.dnis);
    await eventually('the first to wait', async () =>
      (await liveCalls(api)).some(({ queueId }) => queueId === place.queueId),
    );
    await api.put(`/v1/calendars/${place.calendar}/closure`, {
      reason: 'Fuga de agua',
      message: { es: 'Hay una fuga de agua.' },
    });
    const after = await house().dial(stage, place.dnis);
    await after.wasHungUp();
    const record = await cdrOf(api, after.sipp.callId);
    assert.deepEqual([await hoursOf(api, record), record.outcome], ['emergency', 'flowEnded']);
    assert.ok(
      (await liveCalls(api)).some(({ queueId }) => queueId === place.queueId),
      'the first is still there',
    );
    await api.delete(`/v1/calendars/${place.calendar}/closure`);
    const reopened = await house().dial(stage, place.dnis);
    await eventually(
      'two to wait',
      async () =>
        (await liveCalls(api)).filter(({ queueId }) => queueId === place.queueId).length === 2,
    );
    await before.hangUp();
    await reopened.hangUp();
  });

  scene('the shop closes and opens by *75, a PIN and a key', async (stage) => {
    const { company, system } = house();
    const { api } = system;
    await eventually(
      'the sentences to be spoken',
      () => system.logs.some(({ msg }) => msg === 'All sentences are there'),
      60_000,
    );
    const keeper = await company.person();
    const place = await shop(api, [keeper.user]);
    const phone = await house().baresip(stage, keeper);
    const dial = async (keys: string, nth: number): Promise<void> => {
      await phone.dial('*75');
      await phone.event('CALL_ESTABLISHED', nth);
      await type(phone, keys);
      await phone.event('CALL_CLOSED', nth);
    };
    await dial(`${PIN}#2`, 1);
    assert.equal(await stateOf(api, place), 'emergency');
    const caller = await house().dial(stage, place.dnis);
    await caller.wasHungUp();
    assert.equal(await hoursOf(api, await cdrOf(api, caller.sipp.callId)), 'emergency');
    await dial(`${PIN}#1`, 2);
    assert.equal(await stateOf(api, place), 'open');
    const logs = JSON.stringify(system.logs);
    assert.ok(!logs.includes(PIN), 'the PIN is in no log');
  });

  scene('a wrong PIN closes nothing', async (stage) => {
    const { company, system } = house();
    const keeper = await company.person();
    const place = await shop(system.api, [keeper.user]);
    const phone = await house().baresip(stage, keeper);
    await phone.dial('*75');
    await phone.event('CALL_ESTABLISHED');
    await type(phone, '000000#');
    await eventually(
      'the wrong PIN to be said',
      async () => phone.heard().stretches.filter(({ what }) => what === 'other').length > 1,
    );
    await phone.hangUp();
    assert.equal(await stateOf(system.api, place), 'open');
  });
});
