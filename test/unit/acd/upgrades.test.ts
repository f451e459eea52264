import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Engine } from '../../../src/acd/engine.ts';
import { agentId, callbackId, callId } from '../../../src/model/ids.ts';

/** As version 4 of the engine wrote it, on a busy morning. */
const VERSION_4 = readFileSync(new URL('states/version-4.txt', import.meta.url), 'utf8');

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
    assert.equal(version, 6);
    assert.deepEqual(
      queues.map(({ config }) => [config.callbackFirst, config.callbackConfirm]),
      [
        ['agent', false],
        ['agent', false],
      ],
    );
    assert.equal(Engine.restore(text).serialize(), text);
  });

  it('J11 refuses a state of a later version, and one that nothing leads on from', () => {
    for (const version of [3, 7]) {
      const text = VERSION_4.replace('"version":4', `"version":${version}`);
      assert.throws(() => Engine.restore(text), /The state has version/);
    }
  });
});
