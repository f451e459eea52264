import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { readWav } from '../../../src/embedded/media/audio/wav-reader.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { levelDbfs, listenToWav, TONES, writeWav as writeTones } from '../../support/tones.ts';
import { connectTalking } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const TONE = TONES.caller;
/** RtpPeer sends it at -10 dBFS, and A-law adds a little noise. */
const LEVEL_DBFS = -10;
const BEEP_HZ = 1_000;
/** Of its 200 ms, 120 have been heard; and one frame is on its way to the phone, another from there. */
const REST_OF_BEEP_MS = 80;
const FRAMES_UNDER_WAY_MS = 2 * 20;

const { desk, phone } = await openSuite();
const folder = await mkdtemp(join(tmpdir(), 'recordings-'));
await chmod(folder, 0o777);
let file: string;
let count = 0;
beforeEach(() => {
  file = join(folder, `${++count}.wav`);
});
after(() => rm(folder, { recursive: true }));

const noParts = () =>
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.includes('.part')),
    [],
  );

async function talking() {
  const call = await connectTalking(desk, phone, [BEEP_HZ, TONE]);
  return call;
}

test('What the caller says is found in the file, as long and as loud as they said it', async () => {
  const { leg, caller, rtp } = await talking();
  const recorded = leg.record(file, { maxMs: 20_000, beep: true });
  // In one piece or not: the 20 ms of a busy machine are not what this is about.
  await eventually('the beep is heard', () => rtp.heard.totalMs(BEEP_HZ) >= 120);
  const from = performance.now();
  rtp.play(TONE);
  await pause(1_500);
  rtp.play(undefined);
  await pause(500);
  assert.ok(!existsSync(file), 'the file is not there before it is whole');
  const lastedMs = performance.now() - from;
  leg.stopRecording();
  const { durationMs, why } = await recorded;
  assert.equal(why, 'stopped');
  const missingMs = lastedMs - durationMs;
  assert.ok(
    missingMs > -600 && missingMs <= REST_OF_BEEP_MS + FRAMES_UNDER_WAY_MS,
    `${missingMs} ms`,
  );
  const heard = listenToWav(file, [TONE, BEEP_HZ]);
  const toneMs = heard.totalMs(TONE);
  assert.ok(Math.abs(toneMs - 1_500) <= 80, `the tone lasts ${toneMs} ms`);
  assert.equal(heard.totalMs(BEEP_HZ), 0, 'what the caller heard is not what they said');
  const clip = readWav(await import('node:fs').then(({ readFileSync }) => readFileSync(file)));
  assert.ok(clip.ok);
  const stretch = heard.find(TONE, 1_000);
  const first = ((stretch?.fromMs ?? 0) + 200) * 8;
  const level = levelDbfs(clip.value.samples.subarray(first, first + 8_000));
  assert.ok(Math.abs(level - LEVEL_DBFS) < 1, `${level} dBFS`);
  noParts();
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

test('A key ends it and is nobody else’s; the next key is', async () => {
  const { leg, caller, rtp } = await talking();
  rtp.play(TONE);
  const recorded = leg.record(file, { maxMs: 20_000, beep: false });
  await pause(600);
  rtp.press('#');
  const { durationMs, why, key } = await recorded;
  assert.deepEqual([why, key], ['key', '#']);
  assert.ok(durationMs > 500 && durationMs < 1_100, `${durationMs} ms`);
  rtp.press('5');
  assert.equal((await desk.next('digit')).digit, '5');
  assert.deepEqual(desk.types(), ['arrived']);
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

test('Silence ends it, and so does the limit', async () => {
  const { leg, caller, rtp } = await talking();
  rtp.play(TONE);
  const limited = await leg.record(file, { maxMs: 700, silenceMs: 2_000, beep: false });
  assert.equal(limited.why, 'limit');
  assert.ok(Math.abs(limited.durationMs - 700) <= 120, `${limited.durationMs} ms`);
  const second = join(folder, 'silence.wav');
  const recorded = leg.record(second, { maxMs: 20_000, silenceMs: 1_000, beep: false });
  await pause(500);
  rtp.play(undefined);
  const { durationMs, why } = await recorded;
  assert.equal(why, 'silence');
  assert.ok(durationMs > 1_300 && durationMs < 1_900, `${durationMs} ms`);
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

test('A caller who hangs up keeps what was recorded', async () => {
  const { leg, caller, rtp } = await talking();
  rtp.play(TONE);
  const since = performance.now();
  const recorded = leg.record(file, { maxMs: 20_000, beep: false });
  await pause(800);
  caller.bye();
  const { durationMs, why } = await recorded;
  const tookMs = performance.now() - since;
  assert.equal(why, 'gone');
  // Whole frames are written, and those that a late clock owes at the beginning: five at most.
  assert.ok(durationMs > 650 && durationMs <= tookMs + 100, `${durationMs} ms of ${tookMs}`);
  assert.ok(listenToWav(file, [TONE]).totalMs(TONE) > 600);
  noParts();
  rtp.close();
  await desk.next('callerGone');
});

test('A caller who hangs up during the beep leaves nothing', async () => {
  const { leg, caller, rtp } = await talking();
  const recorded = leg.record(file, { maxMs: 20_000, beep: true });
  caller.bye();
  assert.deepEqual(await recorded, { durationMs: 0, why: 'gone' });
  assert.ok(!existsSync(file));
  noParts();
  rtp.close();
  await desk.next('callerGone');
});

test('Where it cannot be written it fails, and the call goes on', async () => {
  const { leg, caller, rtp } = await talking();
  await writeFile(join(folder, 'blocked'), 'a file where a folder should be');
  const refused = await leg.record(join(folder, 'blocked', 'a.wav'), { maxMs: 5_000, beep: true });
  assert.deepEqual(refused, { durationMs: 0, why: 'failed' });
  assert.equal(await leg.play(['tone_stream://%(200,0,440)']), 'played');
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

test('A disk that is full is told, and the call goes on', async () => {
  const { leg, caller, rtp } = await talking();
  await symlink('/dev/full', `${file}.part.wav`);
  rtp.play(TONE);
  const recorded = leg.record(file, { maxMs: 20_000, beep: false });
  await pause(800);
  leg.stopRecording();
  assert.deepEqual(await recorded, { durationMs: 0, why: 'failed' });
  assert.ok(!existsSync(file));
  assert.equal(await leg.play(['tone_stream://%(200,0,440)']), 'played');
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

test('While secrets are typed a recording holds silence', async () => {
  const { leg, caller, rtp } = await talking();
  rtp.play(TONE);
  const recorded = leg.record(file, { maxMs: 20_000, beep: false });
  await pause(700);
  leg.secret(true);
  await pause(800);
  leg.secret(false);
  await pause(700);
  leg.stopRecording();
  assert.equal((await recorded).why, 'stopped');
  const heard = listenToWav(file, [TONE]);
  const silenceMs = heard.stretches
    .filter(({ what }) => what === 'silence')
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  assert.ok(silenceMs > 650 && silenceMs < 1_100, `silence of ${silenceMs} ms`);
  assert.ok(heard.totalMs(TONE) > 1_000);
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
});

const AGENT_HZ = TONES.agent;

/** A caller and somebody else who hear each other, each with a tone. */
async function conversing() {
  const one = await connectTalking(desk, phone, [TONE, AGENT_HZ]);
  const other = await connectTalking(desk, phone, [TONE, AGENT_HZ]);
  one.rtp.play(TONE);
  other.rtp.play(AGENT_HZ);
  return { one, other };
}

async function over(...ends: Awaited<ReturnType<typeof talking>>[]) {
  for (const { rtp, caller } of ends) {
    rtp.close();
    caller.bye();
  }
  for (const _ of ends) await desk.next('callerGone');
}

/** What is on one side of a recording, as a file of its own. */
function side(path: string, channel: 0 | 1): string {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('data', 12, 'latin1') + 8;
  assert.equal(bytes.readUInt16LE(22), 2, 'two channels');
  const both = new Int16Array(bytes.buffer.slice(bytes.byteOffset + at));
  const mono = `${path}.${channel}.wav`;
  writeTones(
    mono,
    both.filter((_, index) => index % 2 === channel),
  );
  return mono;
}

test('A conversation: the customer left, the agent right, in one file through a second bridge', async (context) => {
  const { one, other } = await conversing();
  const third = await connectTalking(desk, phone, [TONE, AGENT_HZ]);
  third.rtp.play(AGENT_HZ);
  assert.equal(await desk.telephony.bridge(one.leg, other.leg), true);
  const tape = one.leg.tape(file, { sides: 'stereo', maxMs: 60_000 });
  assert.equal(await tape.started, true);
  await pause(1_200);
  assert.equal(await desk.telephony.bridge(one.leg, third.leg), true);
  await pause(1_200);
  tape.stop();
  const { durationMs, why } = await tape.over;
  assert.equal(why, 'stopped');
  assert.ok(durationMs > 2_300 && durationMs < 3_200, `${durationMs} ms`);
  const left = listenToWav(side(file, 0), [TONE, AGENT_HZ]);
  const right = listenToWav(side(file, 1), [TONE, AGENT_HZ]);
  // FreeSWITCH does not read a leg while it changes bridges: up to 160 ms of it; and a busy machine sends late.
  const missing = durationMs - left.totalMs(TONE);
  context.diagnostic(`the caller is missing for ${missing} ms: ${JSON.stringify(left.stretches)}`);
  assert.ok(missing < 700, `the caller is missing for ${missing} of ${durationMs} ms`);
  assert.equal(left.totalMs(AGENT_HZ), 0, 'the agent is not on the left');
  assert.equal(right.totalMs(TONE), 0, 'the caller is not on the right');
  assert.ok(right.totalMs(AGENT_HZ) > durationMs - 700, `the agents: ${right.totalMs(AGENT_HZ)}`);
  noParts();
  await over(one, other, third);
});

test('A paused conversation is silent, and so is one whose caller types secrets', async () => {
  const { one, other } = await conversing();
  assert.equal(await desk.telephony.bridge(one.leg, other.leg), true);
  const tape = one.leg.tape(file, { sides: 'mixed', maxMs: 60_000 });
  await tape.started;
  await pause(700);
  tape.pause(true);
  one.leg.secret(true);
  await pause(700);
  tape.pause(false);
  await pause(300);
  one.leg.secret(false);
  await pause(700);
  tape.stop();
  await tape.over;
  const heard = listenToWav(file, [TONE, AGENT_HZ]);
  const silent = heard.stretches.filter(({ what }) => what === 'silence');
  const silentMs = silent.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  assert.ok(silentMs > 850 && silentMs < 1_300, `silence of ${silentMs} ms`);
  await over(one, other);
});

test('A conversation that cannot be written goes on, and the tape says so', async () => {
  const { one, other } = await conversing();
  await writeFile(join(folder, 'wall'), 'a file where a folder should be');
  const tape = one.leg.tape(join(folder, 'wall', 'a.wav'), { sides: 'mixed', maxMs: 60_000 });
  assert.equal(await tape.started, false);
  assert.deepEqual(await tape.over, { durationMs: 0, why: 'failed' });
  assert.equal(await desk.telephony.bridge(one.leg, other.leg), true);
  await eventually('they hear each other', () => one.rtp.heard.find(AGENT_HZ, 200));
  await over(one, other);
});
