import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import type { DialFailure } from '../../../src/model/callback.ts';
import { agentId, callbackId, callId } from '../../../src/model/ids.ts';

/** As version 4 of the engine wrote it, on a busy morning. */
const VERSION_4 = readFileSync(new URL('states/version-4.txt', import.meta.url), 'utf8');
/** As version 6 wrote it: call backs in every stage, and a customer who has rung while they are dialled. */
const VERSION_6 = readFileSync(new URL('states/version-6.txt', import.meta.url), 'utf8');
/** As version 7 wrote it: the same, a customer who waits for an appointment, and one who was handed back. */
const VERSION_7 = readFileSync(new URL('states/version-7.txt', import.meta.url), 'utf8');

/** The attempt that was under way when the state was written comes to nothing. */
function failAttempt(engine: Engine, written: string, cause: DialFailure): void {
  const { now } = JSON.parse(written) as { readonly now: number };
  const failed = { type: 'callback.failed', callbackId: callbackId('a!'), cause } as const;
  assert.ok(engine.apply(now + 1, failed).reply.ok);
}

describe('states of older versions', () => {
  it('J11 a state of version 4 is taken over: everybody is where they were', () => {
    const engine = Engine.restore(VERSION_4);
    assert.deepEqual(engine.brokenInvariants(), []);
    const calls = engine.calls().map(({ id, stage, position }) => [id, stage, position]);
    assert.deepEqual(calls, [
      ['g', 'queued', 1],
      ['c', 'queued', 2],
      ['e', 'queued', 1],
      ['a', 'talking', undefined],
      ['b', 'offered', undefined],
      ['d', 'offered', undefined],
    ]);
    assert.deepEqual(
      engine.agents().map(({ state }) => state.kind),
      ['talking', 'offered', 'offered', 'offered', 'offline'],
    );
    assert.deepEqual(
      engine.callbacks().map(({ id, stage }) => [id, stage]),
      [
        ['k', 'waiting'],
        ['l', 'scheduled'],
      ],
    );
  });

  it('J11 it goes on: the call ends, the pause that was asked for comes, a promise is cancelled', () => {
    const engine = Engine.restore(VERSION_4);
    const { now } = JSON.parse(VERSION_4) as { readonly now: number };
    assert.ok(engine.apply(now + 1, { type: 'call.ended', callId: callId('a') }).reply.ok);
    const id = agentId('1');
    assert.ok(engine.apply(now + 2, { type: 'agent.wrapUpDone', agentId: id }).reply.ok);
    assert.equal(engine.agent(id)?.state.kind, 'notReady');
    const cancel = { type: 'callback.cancel', callbackId: callbackId('l') } as const;
    assert.ok(engine.apply(now + 3, cancel).reply.ok);
    assert.deepEqual(engine.brokenInvariants(), []);
  });

  it('J11 is written in the present version, and then read to the same bytes', () => {
    const text = Engine.restore(VERSION_4).serialize();
    const { version, queues } = JSON.parse(text) as {
      readonly version: number;
      readonly queues: readonly { readonly config: Readonly<Record<string, unknown>> }[];
    };
    assert.equal(version, 8);
    assert.deepEqual(
      queues.map(({ config }) => [config.callbackFirst, config.callbackConfirm]),
      [
        ['agent', false],
        ['agent', false],
      ],
    );
    assert.equal(Engine.restore(text).serialize(), text);
  });

  it('J11 a state of version 6 is taken over: promises are where they were, and go on by the present rules', () => {
    const engine = Engine.restore(VERSION_6);
    assert.deepEqual(engine.brokenInvariants(), []);
    const stages = () => engine.callbacks().map(({ id, stage }) => [id, stage]);
    assert.deepEqual(stages(), [
      ['a!', 'dialing'],
      ['b!', 'offered'],
      ['s', 'scheduled'],
    ]);
    assert.deepEqual(
      engine.calls().map(({ id, position }) => [id, position]),
      [
        ['a2', 1],
        ['c', 2],
        ['p', 3],
        ['r', undefined],
      ],
    );
    failAttempt(engine, VERSION_6, 'busy');
    assert.deepEqual(stages()[0], ['a!', 'paused'], 'their own call is with the agent now');
    assert.deepEqual(engine.brokenInvariants(), []);
    assert.equal(Engine.restore(engine.serialize()).serialize(), engine.serialize());
  });

  it('J11 a state of version 7 is taken over: what was an attempt stays one, and the next failure of ours is none', () => {
    const engine = Engine.restore(VERSION_7);
    assert.deepEqual(engine.brokenInvariants(), []);
    const tickets = () =>
      engine.callbacks().map(({ id, stage, attempts }) => [id, stage, attempts]);
    assert.deepEqual(tickets(), [
      ['a!', 'dialing', 1],
      ['b!', 'offered', 0],
      ['s', 'scheduled', 0],
      ['d!', 'waiting', 0],
      ['p', 'paused', 0],
    ]);
    assert.equal(Engine.restore(engine.serialize()).serialize(), engine.serialize());
    failAttempt(engine, VERSION_7, 'noTrunk');
    assert.deepEqual(tickets()[0], ['a!', 'scheduled', 0]);
    assert.deepEqual(engine.brokenInvariants(), []);
  });

  it('J11 refuses a state of a later version, and one that nothing leads on from', () => {
    for (const version of [3, 9]) {
      const text = VERSION_4.replace('"version":4', `"version":${version}`);
      assert.throws(() => Engine.restore(text), /The state has version/);
    }
  });
});
