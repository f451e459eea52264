import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { CallSession } from '../../../src/runtime/call-session.ts';
import { FlowListening } from '../../../src/runtime/flow/listening.ts';
import { FakeRecogniser } from '../../support/fake-recogniser.ts';
import { FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';

const WISH = { hints: ['ventas'], endSilenceMs: 800, speechMsMax: 12_000 };

function listening() {
  const call = inbound('c');
  const session = new CallSession(
    call,
    { dnis: call.dnis, status: 'unknown', language: 'es-MX', variables: {} },
    0,
  );
  const leg = new FakeCallerLeg(call.callId);
  session.leg = leg;
  const recogniser = new FakeRecogniser();
  const told: FlowEvent[] = [];
  const world = {
    log: silentLogger,
    recogniser,
    recordingFile: (id: string) => `/nowhere/${id}.wav`,
  };
  return {
    leg,
    recogniser,
    told,
    ears: new FlowListening(session, world, (event) => told.push(event)),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('listening to a caller', () => {
  it('brings live audio to the recogniser, and its words to the flow', () => {
    const { leg, recogniser, told, ears } = listening();
    ears.start(WISH);
    assert.deepEqual(recogniser.requests[0]?.limits, { endSilenceMs: 800, speechMsMax: 12_000 });
    assert.equal(recogniser.requests[0]?.language, 'es-MX');
    leg.sink?.audio(Buffer.from([1, 2]));
    assert.equal(recogniser.audio.length, 1);
    recogniser.events?.speaking();
    recogniser.events?.heard([{ text: 'ventas', confidence: 1 }]);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['speaking', 'heard'],
    );
    assert.equal(leg.sink, undefined, 'the audio still comes');
  });

  it('tells nothing of an answer that is not waited for', () => {
    const { leg, recogniser, told, ears } = listening();
    ears.start(WISH);
    const first = recogniser.events;
    ears.start(WISH);
    first?.heard([{ text: 'ventas', confidence: 1 }]);
    ears.stop();
    recogniser.events?.notHeard('failed');
    assert.deepEqual(told, []);
    assert.equal(leg.sink, undefined);
    assert.equal(recogniser.cancelled, 2);
  });

  it('fails when live audio is lost', () => {
    const { leg, told, ears } = listening();
    ears.start(WISH);
    leg.sink?.deaf('lost');
    assert.deepEqual(told, [{ type: 'notHeard', why: 'failed' }]);
  });

  it('records the answer after the prompt where live audio cannot be had', async () => {
    const { leg, recogniser, told, ears } = listening();
    ears.promptBegins();
    ears.start(WISH);
    leg.sink?.deaf('missing');
    assert.deepEqual(leg.recordings, []);
    ears.promptIsOver();
    assert.deepEqual(leg.recordings, [
      {
        file: '/nowhere/c-heard-1.wav',
        options: { maxMs: 14_500, silenceMs: 2_500, beep: false },
      },
    ]);
    leg.finishRecording({ durationMs: 3_000, why: 'silence' });
    await settled();
    assert.deepEqual(recogniser.files, ['/nowhere/c-heard-1.wav']);
    recogniser.events?.heard([{ text: 'ventas', confidence: 1 }]);
    assert.deepEqual(
      told.map(({ type }) => type),
      ['speaking', 'heard'],
    );
  });

  it('passes on the key that ended the recording, and stops one that nobody wants', async () => {
    const { leg, recogniser, told, ears } = listening();
    ears.start(WISH);
    leg.sink?.deaf('missing');
    leg.finishRecording({ durationMs: 300, why: 'key', key: '2' });
    await settled();
    assert.deepEqual(told.at(-1), { type: 'digit', digit: '2' });
    ears.start(WISH);
    leg.sink?.deaf('missing');
    ears.stop();
    await settled();
    assert.deepEqual(recogniser.files, []);
  });

  it('does not record when the prompt was stopped, for that is by whoever goes on', () => {
    const { leg, ears } = listening();
    ears.promptBegins();
    ears.start(WISH);
    leg.sink?.deaf('missing');
    ears.promptIsStopped();
    assert.deepEqual(leg.recordings, []);
  });
});
