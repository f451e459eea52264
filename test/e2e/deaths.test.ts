import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { Centralita } from '../support/centralita.ts';
import { type Crowd, crowd, type Place } from '../support/crowd.ts';
import { House } from '../support/house.ts';
import { cdrOf, cdrsOf, historyOf } from '../support/records.ts';
import { type Stage, scene } from '../support/stage.ts';

async function start(stage: Stage, dataDir?: string): Promise<House> {
  const system = await Centralita.start({
    evidence: stage.evidence,
    ...(dataDir ? { dataDir } : {}),
  });
  stage.atTheEnd(() => (system.running ? system.kill() : undefined));
  return new House(system);
}

const everybody = ({ callers }: Crowd) =>
  Object.entries(callers) as [Place, Crowd['callers'][Place]][];

/** What became of each call, by its record: there must be one, and its history with it. */
async function records(house: House, people: Crowd) {
  const { api } = house.system;
  const found: [Place, string][] = [];
  for (const [place, caller] of everybody(people)) {
    const cdr = await cdrOf(api, caller.sipp.callId);
    assert.equal((await cdrsOf(api, caller.sipp.callId)).length, 1, place);
    const types = (await historyOf(api, cdr.callId)).map(({ type }) => type);
    assert.equal(types[0], 'call.arrived', place);
    assert.equal(types.at(-1), 'call.finished', place);
    found.push([place, cdr.outcome]);
  }
  return Object.fromEntries(found);
}

async function allHungUp(people: Crowd): Promise<void> {
  for (const [, caller] of everybody(people)) await caller.wasHungUp();
  for (const phone of people.phones) await phone.event('CALL_CLOSED');
}

const SERVED = { bridged: 'answered', held: 'answered', conference: 'answered' };
const WAITING = { menu: 'failed', queue: 'failed', ringing: 'failed' };
const LONG = { limitMs: 240_000 };

describe('the house ends while callers are everywhere', () => {
  for (const signals of [['SIGINT'], ['SIGINT', 'SIGINT'], ['SIGHUP']] as const) {
    scene(
      `${signals.join(' and ')}: everybody is hung up, and every call has its record`,
      async (stage) => {
        const first = await start(stage);
        const people = await crowd(stage, first);
        for (const signal of signals) first.system.signal(signal);
        await allHungUp(people);
        assert.equal((await first.system.exited).code, 0);
        const second = await start(stage, first.system.dataDir);
        assert.deepEqual(await records(second, people), { ...WAITING, ...SERVED });
        await second.system.stop();
      },
      LONG,
    );
  }

  scene(
    'SIGKILL: the next start hangs up everybody, and every call has its record',
    async (stage) => {
      const first = await start(stage);
      const people = await crowd(stage, first);
      await first.system.kill();
      const second = await start(stage, first.system.dataDir);
      const outcomes = Object.values(await records(second, people));
      assert.deepEqual(outcomes, Array(6).fill('lost'));
      await allHungUp(people);
      await second.system.stop();
    },
    LONG,
  );
});
