import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdMusic } from '../../../src/speech/audio/music.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { chords, keySounds } from '../../support/key-sounds.ts';
import { connectTalking, sdpWithoutEvents } from './support/far-end.ts';
import { openSuite } from './support/suite.ts';

const { desk, phone } = await openSuite();

type Call = Awaited<ReturnType<typeof connectTalking>>;

const RELAY = 'application/dtmf-relay';

async function sendInfo(
  { caller }: Call,
  body: string,
  type: string | undefined = RELAY,
): Promise<number> {
  const outcome = await caller.request('INFO', {
    body,
    ...(type === undefined ? {} : { headers: [['Content-Type', type]] }),
  });
  return outcome.ok ? outcome.value.status : 0;
}

const keysHeard = () =>
  desk.heard.flatMap((entry) => (entry.type === 'digit' ? [entry.digit] : [])).join('');

const heardAll = (keys: string, limitMs = 5_000) =>
  eventually(`${keys} is heard`, () => keysHeard().length >= keys.length, limitMs).then(() =>
    assert.equal(keysHeard(), keys),
  );

async function over({ caller, rtp }: Call): Promise<void> {
  rtp.close();
  caller.bye();
  await desk.next('callerGone');
}

test('Keys come as events', async () => {
  const call = await connectTalking(desk, phone);
  call.rtp.press('1590*#A');
  await heardAll('1590*#A');
  await over(call);
});

test('Keys come by INFO, and what is no key is refused', async () => {
  const call = await connectTalking(desk, phone);
  assert.equal(await sendInfo(call, 'Signal=5\r\nDuration=160\r\n'), 200);
  assert.equal(await sendInfo(call, 'Signal=11\r\nDuration=160\r\n'), 200);
  assert.equal(await sendInfo(call, '7', 'application/dtmf'), 200);
  assert.equal(await sendInfo(call, 'Signal=%\r\n'), 400);
  assert.equal(await sendInfo(call, 'Signal=5', 'text/plain'), 415);
  await heardAll('5#7');
  await over(call);
});

test('A phone that sends two ways at once has pressed once', async () => {
  const call = await connectTalking(desk, phone);
  for (const key of '1123') {
    call.rtp.press(key);
    await pause(40);
    await sendInfo(call, `Signal=${key}\r\nDuration=100\r\n`);
    await pause(300);
  }
  await pause(300);
  assert.equal(keysHeard(), '1123');
  await over(call);
});

test('A line without events: keys are heard in the audio, also while a prompt is played', async () => {
  const call = await connectTalking(desk, phone, [], sdpWithoutEvents);
  await pause(200);
  call.rtp.say(keySounds('1590', { onMs: 80, offMs: 80 }));
  await heardAll('1590');
  const playing = call.leg.play(['tone_stream://%(20000,0,440)']);
  call.rtp.say(keySounds('*#37'));
  await heardAll('1590*#37');
  call.leg.stopPlaying();
  assert.equal(await playing, 'stopped');
  await over(call);
});

test('A line with tones and INFO has pressed once, and its tones are heard no more', async () => {
  const call = await connectTalking(desk, phone, [], sdpWithoutEvents);
  await pause(200);
  for (const key of '447') {
    call.rtp.say(keySounds(key));
    await pause(120);
    await sendInfo(call, `Signal=${key}\r\nDuration=100\r\n`);
    await pause(400);
  }
  assert.equal(keysHeard(), '447');
  call.rtp.say(keySounds('9'));
  await pause(500);
  assert.equal(keysHeard(), '447');
  await over(call);
});

test('A line with events: tones in its audio are no keys', async () => {
  const call = await connectTalking(desk, phone);
  call.rtp.say(keySounds('12345'));
  await pause(1_300);
  assert.equal(keysHeard(), '');
  await over(call);
});

test('A line without events: nobody presses a key by music or by a melody', async () => {
  const call = await connectTalking(desk, phone, [], sdpWithoutEvents);
  call.rtp.say(holdMusic(8_000).subarray(0, 6 * 8_000));
  call.rtp.say(chords(4, 1));
  await eventually('all is said', () => !call.rtp.saying);
  assert.equal(keysHeard(), '');
  await over(call);
});

test('A flood of keys is bounded, told once, and the call goes on', async () => {
  const call = await connectTalking(desk, phone);
  const start = performance.now();
  const answers = await Promise.all(
    Array.from({ length: 300 }, () => sendInfo(call, 'Signal=5\r\nDuration=40\r\n')),
  );
  assert.ok(answers.every((status) => status === 200));
  call.rtp.flood('7', 1_000);
  await pause(2_500);
  const heard = keysHeard().length;
  const seconds = (performance.now() - start) / 1_000;
  assert.ok(heard >= 40 && heard <= 41 + 20 * seconds, `${heard} keys in ${seconds} s`);
  assert.equal(desk.types().filter((type) => type === 'keysFlooded').length, 1);
  await pause(2_000);
  // What is still in the media server's socket comes first, and may take the allowance: people press again.
  await eventually('the next key is heard', async () => {
    call.rtp.press('3');
    await pause(500);
    return keysHeard().includes('3');
  });
  assert.equal(await call.leg.play(['tone_stream://%(200,0,440)']), 'played');
  await over(call);
});
