import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { readWav } from '../../../src/embedded/media/audio/wav-reader.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { levelDbfs, listenToWav, TONES } from '../../support/tones.ts';
import { Desk } from './support/desk.ts';
import { connectTalking, hangUpTalkers, openPhone, type Phone } from './support/far-end.ts';
import { openSwitches, type Switches } from './support/switches.ts';

const TONE = TONES.caller;
/** RtpPeer sends it at -10 dBFS, and A-law adds a little noise. */
const LEVEL_DBFS = -10;
const BEEP_HZ = 1_000;

let switches: Switches;
let desk: Desk;
let phone: Phone;
let folder: string;
let file: string;

before(async () => {
  switches = await openSwitches();
  desk = await Desk.open(switches);
  phone = await openPhone(switches);
  folder = await mkdtemp(join(tmpdir(), 'recordings-'));
  await chmod(folder, 0o777);
});
let count = 0;
beforeEach(() => {
  desk.heard.length = 0;
  file = join(folder, `${++count}.wav`);
});
afterEach(() => desk.nothingLeft());
after(async () => {
  hangUpTalkers();
  desk.close();
  await phone.close();
  await switches.close();
  await rm(folder, { recursive: true });
});

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
  await eventually('the beep is heard', () => rtp.heard.find(BEEP_HZ, 160));
  rtp.play(TONE);
  await pause(1_500);
  rtp.play(undefined);
  await pause(500);
  assert.ok(!existsSync(file), 'the file is not there before it is whole');
  leg.stopRecording();
  const { durationMs, why } = await recorded;
  assert.equal(why, 'stopped');
  assert.ok(durationMs > 1_900 && durationMs < 2_600, `${durationMs} ms`);
  const heard = listenToWav(file, [TONE, BEEP_HZ]);
  const toneMs = heard.totalMs(TONE);
  assert.ok(Math.abs(toneMs - 1_500) <= 80, `the tone lasts ${toneMs} ms`);
  assert.equal(heard.totalMs(BEEP_HZ), 0, 'what the caller heard is not what they said');
  const clip = readWav(await import('node:fs').then(({ readFileSync }) => readFileSync(file)));
  assert.ok(clip.ok);
  const stretch = heard.find(TONE, 1_000);
  const from = ((stretch?.fromMs ?? 0) + 200) * 8;
  const level = levelDbfs(clip.value.samples.subarray(from, from + 8_000));
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
  assert.ok(durationMs > 650 && durationMs <= tookMs, `${durationMs} ms of ${tookMs}`);
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
