import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeKind } from '../../../src/ivr/node.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { CallSession } from '../../../src/runtime/call-session.ts';
import type { FlowRecording } from '../../../src/runtime/flow/recording.ts';
import { FlowRunner } from '../../../src/runtime/flow/runner.ts';
import { FakeRecogniser } from '../../support/fake-recogniser.ts';
import { FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { textPrompts } from '../../support/text-prompts.ts';

/** A flow of one node, which records and remembers what it is told. */
function recordingFlow() {
  const told: FlowEvent[] = [];
  const kind: NodeKind = {
    summary: 'For this test.',
    type: 'recorder',
    schema: {},
    exits: () => [],
    prompts: () => [],
    enter(_, turn) {
      const about = { voicemail: 'ventas' };
      turn.effect({ type: 'record', maxMs: 60_000, silenceMs: 3_000, beep: true, about });
      return { stay: 0 };
    },
    on(_, local, event, turn) {
      told.push(event);
      if (event.type === 'digit') turn.effect({ type: 'stopRecording' });
      return { stay: local };
    },
  };
  const call = inbound('c1');
  const context = { status: 'unknown', language: 'es-MX', dnis: call.dnis, variables: {} } as never;
  const session = new CallSession(call, context, 0);
  const leg = new FakeCallerLeg(call.callId);
  session.leg = leg;
  const recorded: FlowRecording[] = [];
  const nodes = new Map([['a', { kind, config: {} }]]);
  const flow = {
    name: 'f',
    languages: ['es-MX' as const],
    start: 'a',
    prompts: {},
    nodes,
    expressions: new Map(),
    subflows: new Map(),
    returning: 'never' as const,
    ends: false,
    depth: 1,
  };
  const runner = new FlowRunner(session, flow, {
    clock: systemClock,
    log: silentLogger,
    prompts: textPrompts,
    requests: { send: async () => ({ ok: false as const, why: 'notAllowed' as const }) },
    configuration: () => ({}) as never,
    post: (input) => input(),
    needsVoice: () => true,
    identify: () => Promise.resolve(context),
    verify: async () => ({ type: 'verified', id: 0, result: 'failed' }),
    closure: async () => ({ type: 'closureAnswered', id: 0, result: 'failed' }),
    enqueue: () => {},
    hangup: () => {},
    after: { leaveQueue: () => {} } as never,
    messages: {} as never,
    recordingFile: (id) => `/recordings/${id}.wav`,
    recogniser: new FakeRecogniser(),
    recorded: (_session, recording) => recorded.push(recording),
    secret: () => {},
    learnt: () => {},
    note: () => {},
  });
  return { runner, leg, told, recorded };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('A recording is made, and the flow is told what became of it', async () => {
  const { runner, leg, told, recorded } = recordingFlow();
  runner.start();
  assert.deepEqual(leg.recordings, [
    { file: '/recordings/c1-1.wav', options: { maxMs: 60_000, beep: true, silenceMs: 3_000 } },
  ]);
  leg.finishRecording({ durationMs: 4_000, why: 'key', key: '#' });
  await turn();
  const result = { recordingId: 'c1-1', durationMs: 4_000, why: 'key', key: '#' };
  assert.deepEqual(told, [{ type: 'recorded', ...result }]);
  const { file, about } = recorded[0] ?? {};
  assert.deepEqual([file, about], ['/recordings/c1-1.wav', { voicemail: 'ventas' }]);
});

test('A flow may stop it', async () => {
  const { runner, told } = recordingFlow();
  runner.start();
  runner.event({ type: 'digit', digit: '1' });
  await turn();
  assert.equal(told[1]?.type === 'recorded' && told[1].why, 'stopped');
});

test('What a caller said before they hung up is told to the house, and to no flow', async () => {
  const { runner, leg, told, recorded } = recordingFlow();
  runner.start();
  runner.end();
  leg.finishRecording({ durationMs: 2_000, why: 'gone' });
  await turn();
  assert.deepEqual(told, []);
  assert.equal(recorded[0]?.durationMs, 2_000);
});
