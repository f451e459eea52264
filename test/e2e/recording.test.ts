import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe } from 'node:test';
import { eventually, pause } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { cdrOf, historyOf, liveCallFrom } from '../support/records.ts';
import { scene } from '../support/stage.ts';
import { listenToWav, TONES, writeWav } from '../support/tones.ts';

interface RecordingFacts {
  readonly id: string;
  readonly state: string;
  readonly end?: string;
  readonly durationMs: number;
  readonly agentIds: readonly string[];
  readonly notice?: { readonly result: string; readonly said: string; readonly language: string };
  readonly pauses: readonly object[];
  readonly storage?: string;
}

/** Of the example's flows: what they say is spoken before the house is ready, and so no scene waits for a voice. */
const SPOKEN = { es: 'Bienvenido a Muebles Alameda.' };

/** One channel of a stereo file, as a file of its own. */
function sideOf(path: string, channel: 0 | 1): string {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('data', 12, 'latin1') + 8;
  assert.equal(bytes.readUInt16LE(22), 2, 'two channels');
  const both = new Int16Array(bytes.buffer.slice(bytes.byteOffset + at));
  writeWav(
    `${path}.${channel}.wav`,
    both.filter((_, index) => index % 2 === channel),
  );
  return `${path}.${channel}.wav`;
}

describe('recorded conversations', () => {
  const house = sharedHouse('recording');

  scene(
    'told, recorded in stereo, paused for a card number, found and heard, with an audit',
    async (stage) => {
      const { company, system } = house();
      const message = SPOKEN;
      const notice = { version: '2026-1', message, refuseKey: '9' };
      const line = await company.line({
        recording: { mode: 'all', percent: 100, stereo: true, notice },
      });
      const carmen = await company.person(line);
      const phone = await house().baresip(stage, carmen);
      await company.ready(carmen);
      const caller = await house().dial(stage, line.dnis);
      await phone.rings();
      await phone.answer();
      await eventually('the caller hears', () => caller.rtp?.heard.find(TONES.agent, 400));
      const live = await eventually('the call is shown as recorded', async () => {
        const call = await liveCallFrom(system.api, caller.ani);
        return call?.recording ? call : undefined;
      });
      await pause(500);
      await phone.press('*5');
      await eventually('the agent is told that it is paused', () =>
        phone.heard().stretches.some(({ what }) => what === 'other'),
      );
      await pause(800);
      await system.api.post(`/v1/calls/${live.id}/recording`, { action: 'resume' });
      const since = performance.now();
      const before = phone.heard().totalMs(TONES.caller);
      await eventually('both still hear each other', () =>
        [
          caller.rtp?.heard.find(TONES.agent, 400, since),
          phone.heard().totalMs(TONES.caller) > before + 400,
        ].every(Boolean),
      );
      await caller.hangUp();

      const cdr = await cdrOf(system.api, caller.sipp.callId);
      const [id = ''] = cdr.recordingIds ?? [];
      const facts = await eventually('the recording is kept', async () => {
        const found = await system.api.get<RecordingFacts>(`/v1/recordings/${id}`);
        return found.storage ? found : undefined;
      });
      assert.deepEqual([facts.state, facts.end], ['kept', 'ended']);
      assert.deepEqual(facts.agentIds, [carmen.id]);
      assert.equal(facts.notice?.result, 'heard');
      assert.equal(facts.notice?.said, message.es);
      assert.equal(facts.notice?.language, 'es-MX');
      assert.equal(facts.pauses.length, 1);
      const path = stage.evidence.file('conversation.wav');
      writeFileSync(path, await system.api.bytes(`/v1/recordings/${id}/audio`));
      const left = listenToWav(sideOf(path, 0));
      const right = listenToWav(sideOf(path, 1));
      assert.ok(left.totalMs(TONES.caller) > 700, `${left.totalMs(TONES.caller)}`);
      assert.ok(right.totalMs(TONES.agent) > 700, `${right.totalMs(TONES.agent)}`);
      assert.equal(left.totalMs(TONES.agent), 0, 'the agent on the left');
      assert.equal(right.totalMs(TONES.caller), 0, 'the caller on the right');
      const silences = left.stretches.filter(({ what }) => what === 'silence');
      const longest = Math.max(...silences.map(({ fromMs, toMs }) => toMs - fromMs));
      assert.ok(longest > 600 && longest < 3_600, `a pause of ${longest} ms`);
      const types = (await historyOf(system.api, cdr.callId)).map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => type.startsWith('recording.')),
        [
          'recording.notice',
          'recording.started',
          'recording.paused',
          'recording.resumed',
          'recording.stopped',
        ],
      );
    },
  );

  scene('who presses the key during the notice is served and not recorded', async (stage) => {
    const { company, system } = house();
    const message = SPOKEN;
    const notice = { version: '2026-1', message, refuseKey: '9' };
    const line = await company.line({
      recording: { mode: 'all', percent: 100, stereo: false, notice },
    });
    const carmen = await company.person(line);
    const phone = await house().baresip(stage, carmen, { autoAnswer: true });
    await company.ready(carmen);
    const caller = await house().dial(stage, line.dnis);
    await eventually('the notice is said', () => (caller.rtp?.heard.stretches.length ?? 0) > 0);
    caller.rtp?.press('9');
    await eventually('the caller hears', () => caller.rtp?.heard.find(TONES.agent, 400));
    await phone.hangUp();
    await caller.wasHungUp();
    const cdr = await cdrOf(system.api, caller.sipp.callId);
    assert.equal(cdr.recordingRefused, true);
    assert.equal(cdr.recordingIds, undefined);
  });
});
