import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readWav } from '../../../src/embedded/media/audio/wav-reader.ts';
import { wavHeader } from '../../../src/embedded/media/audio/wav-writer.ts';
import { type Leg, openSwitch, park, type Switch } from './support/media-server.ts';
import { goertzelShare, RtpEnd } from './support/rtp-end.ts';

let at: Switch;
let folder: string;
before(async () => {
  at = await openSwitch();
  folder = await mkdtemp(join(tmpdir(), 'media-'));
});
after(async () => {
  await at.close();
  await rm(folder, { recursive: true });
});

/** A WAVE file with a tone. */
async function toneFile(
  name: string,
  frequency: number,
  rate: number,
  ms: number,
): Promise<string> {
  const samples = Int16Array.from({ length: (rate * ms) / 1000 }, (_, i) =>
    Math.round(9000 * Math.sin((2 * Math.PI * frequency * i) / rate)),
  );
  const path = join(folder, name);
  const data = Buffer.from(samples.buffer);
  await writeFile(path, Buffer.concat([wavHeader(rate, 1, data.length), data]));
  return path;
}

async function talking(frequency = 300, codec: 'PCMA' | 'PCMU' | 'G722' = 'PCMA'): Promise<Leg> {
  const leg = await park(at, await RtpEnd.open(codec));
  leg.rtp.talk(leg.sdp, frequency);
  return leg;
}

async function bridged(): Promise<[Leg, Leg]> {
  const a = await talking(600);
  const b = await talking(900);
  const joined = at.esl.next('CHANNEL_BRIDGE', a.uuid);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  await joined;
  await Promise.all([a.rtp.hears(900), b.rtp.hears(600)]);
  return [a, b];
}

for (const rate of [8000, 16000, 22050, 44100]) {
  test(`A WAVE file of ${rate} Hz is played as long as it lasts`, async () => {
    const leg = await talking();
    const path = await toneFile(`${rate}.wav`, 1000, rate, 600);
    const done = at.esl.execute(leg.uuid, 'playback', path);
    await leg.rtp.hears(1000);
    const event = await done;
    assert.equal(event['Application-Response'], 'FILE PLAYED');
    const ms = Number(event.variable_playback_ms);
    assert.ok(Math.abs(ms - 600) <= 40, `${ms} ms`);
    leg.hangup();
  });
}

test('Wideband: a G.722 leg hears 5 kHz of a 16 kHz file', async () => {
  const leg = await talking(300, 'G722');
  const path = await toneFile('wide.wav', 5000, 16000, 1500);
  const done = at.esl.execute(leg.uuid, 'playback', path);
  await leg.rtp.hears(5000);
  await done;
  leg.hangup();
});

test('A file that is not audio is not found, and the channel goes on', async () => {
  const leg = await talking();
  const path = join(folder, 'text.wav');
  await writeFile(path, 'this is no audio');
  const event = await at.esl.execute(leg.uuid, 'playback', path);
  assert.equal(event['Application-Response'], 'FILE NOT FOUND');
  assert.equal(await at.esl.api(`uuid_exists ${leg.uuid}`), 'true');
  leg.hangup();
});

test('file_string plays its parts as one, and passes over a missing one', async () => {
  const leg = await talking();
  const a = await toneFile('a.wav', 700, 8000, 400);
  const b = await toneFile('b.wav', 1100, 8000, 400);
  const started = at.esl.next('PLAYBACK_START', leg.uuid);
  const done = at.esl.execute(leg.uuid, 'playback', `file_string://${a}!/nonexistent.wav!${b}`);
  assert.match((await started)['Playback-File-Path'] ?? '', /^file_string:/);
  await leg.rtp.hears(700);
  await leg.rtp.hears(1100);
  assert.equal((await done)['Application-Response'], 'FILE PLAYED');
  const starts = at.esl.namesOf(leg.uuid).filter((name) => name === 'PLAYBACK_START');
  assert.equal(starts.length, 1);
  leg.hangup();
});

test('With event-lock commands run one after the other', async () => {
  const leg = await talking();
  const lock = { 'event-lock': 'true' };
  const first = at.esl.execute(leg.uuid, 'playback', 'tone_stream://%(500,0,440)', lock);
  const second = at.esl.execute(leg.uuid, 'playback', 'tone_stream://%(500,0,1000)', lock);
  const order: string[] = [];
  await Promise.all([
    first.then(() => order.push('first')),
    second.then(() => order.push('second')),
  ]);
  assert.deepEqual(order, ['first', 'second']);
  leg.hangup();
});

test('play_and_get_digits collects, and says what ended it', async () => {
  const leg = await talking();
  const argument = '1 4 1 5000 # tone_stream://%(3000,0,440) silence_stream://60 answer \\d+ 2000';
  const done = at.esl.execute(leg.uuid, 'play_and_get_digits', argument);
  await leg.rtp.hears(440);
  for (const key of '31#') await leg.rtp.press(key);
  const event = await done;
  assert.equal(event.variable_answer, '31');
  assert.equal(event.variable_read_terminator_used, '#');
  leg.hangup();
});

test('play_and_get_digits without a key ends without digits', async () => {
  const leg = await talking();
  const argument = '1 4 1 1000 # silence_stream://60 silence_stream://60 answer \\d+ 500';
  const event = await at.esl.execute(leg.uuid, 'play_and_get_digits', argument);
  assert.equal(event.variable_answer, undefined);
  leg.hangup();
});

test('uuid_broadcast to both legs of a bridge, which goes on after it', async () => {
  const [a, b] = await bridged();
  const said = await at.esl.api(`uuid_broadcast ${a.uuid} tone_stream://%(700,0,1500) both`);
  assert.equal(said, '+OK Message sent\n');
  await Promise.all([a.rtp.hears(1500), b.rtp.hears(1500)]);
  await Promise.all([a.rtp.hears(900), b.rtp.hears(600)]);
  a.hangup();
  b.hangup();
});

test('uuid_transfer of both legs parks them', async () => {
  const [a, b] = await bridged();
  const parked = [at.esl.next('CHANNEL_PARK', a.uuid), at.esl.next('CHANNEL_PARK', b.uuid)];
  assert.equal(await at.esl.api(`uuid_transfer ${a.uuid} -both park inline`), '+OK\n');
  await Promise.all(parked);
  const done = at.esl.execute(b.uuid, 'playback', 'tone_stream://%(1000,0,1200)');
  await b.rtp.hears(1200);
  await done;
  a.hangup();
  b.hangup();
});

test('A third leg takes one out of a bridge; the other is parked', async () => {
  const [a, b] = await bridged();
  const c = await talking(1300);
  const parked = at.esl.next('CHANNEL_PARK', b.uuid);
  await at.esl.api(`uuid_bridge ${a.uuid} ${c.uuid}`);
  await parked;
  await Promise.all([a.rtp.hears(1300), c.rtp.hears(600)]);
  for (const leg of [a, b, c]) leg.hangup();
});

test('uuid_record in stereo: the far end left, the other side right; a bridge goes on being heard', async () => {
  const [a, b] = await bridged();
  const path = join(folder, 'call.wav');
  await at.esl.api(`uuid_setvar ${a.uuid} RECORD_STEREO true`);
  const started = at.esl.next('RECORD_START', a.uuid);
  assert.equal(await at.esl.api(`uuid_record ${a.uuid} start ${path}`), '+OK Success\n');
  assert.equal((await started)['Record-File-Path'], path);
  a.rtp.forget();
  b.rtp.forget();
  await Promise.all([a.rtp.hears(900), b.rtp.hears(600)]);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  const stopped = at.esl.next('RECORD_STOP', a.uuid);
  assert.equal(await at.esl.api(`uuid_record ${a.uuid} stop ${path}`), '+OK Success\n');
  await stopped;
  assert.match(await at.esl.api(`uuid_record ${a.uuid} stop ${path}`), /^-ERR/);
  const file = await readFile(path);
  assert.equal(file.readUInt16LE(22), 2);
  const samples = new Int16Array(file.buffer.slice(file.byteOffset + 44));
  const middle = Math.floor(samples.length / 4) * 2;
  const side = (right: number) =>
    Array.from({ length: 1600 }, (_, i) => samples[middle + 2 * i + right] ?? 0);
  assert.ok(goertzelShare(side(0), 600, 8000) > 0.8);
  assert.ok(goertzelShare(side(1), 900, 8000) > 0.8);
  a.hangup();
  b.hangup();
});

test('record_session mixes both sides and ends with the channel', async () => {
  const leg = await talking(600);
  const path = join(folder, 'session.wav');
  await at.esl.execute(leg.uuid, 'record_session', path);
  await at.esl.execute(leg.uuid, 'playback', 'tone_stream://%(1000,0,1000)');
  const stopped = at.esl.next('RECORD_STOP', leg.uuid);
  leg.hangup();
  await stopped;
  const clip = readWav(await readFile(path));
  assert.ok(clip.ok);
  const { samples } = clip.value;
  const middle = [...samples.subarray(samples.length / 2, samples.length / 2 + 1600)];
  assert.ok(goertzelShare(middle, 600, 8000) > 0.2);
  assert.ok(goertzelShare(middle, 1000, 8000) > 0.2);
});

test('Keys are sent to the far end, and received by command', async () => {
  const leg = await talking();
  assert.equal(
    await at.esl.api(`uuid_send_dtmf ${leg.uuid} 12#@100`),
    `+OK ${leg.uuid} sent DTMF 12#@100.\n`,
  );
  for (let i = 0; i < 100 && leg.rtp.keys() !== '12#'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  assert.equal(leg.rtp.keys(), '12#');
  const told = at.esl.next('DTMF', leg.uuid);
  await at.esl.api(`uuid_recv_dtmf ${leg.uuid} 7@100`);
  const event = await told;
  assert.equal(event['DTMF-Digit'], '7');
  assert.equal(event['DTMF-Source'], 'APP');
  leg.hangup();
});

test('A supervisor listens, whispers to one, and barges in', async () => {
  const [caller, agent] = await bridged();
  const supervisor = await talking(1700);
  await at.esl.api(`uuid_setvar ${supervisor.uuid} eavesdrop_enable_dtmf true`);
  const started = at.esl.next('MEDIA_BUG_START', agent.uuid);
  await at.esl.send(`sendmsg ${supervisor.uuid}`, {
    'call-command': 'execute',
    'execute-app-name': 'eavesdrop',
    'execute-app-arg': agent.uuid,
  });
  await started;
  const hearsBoth = async () => {
    for (let i = 0; i < 100; i++) {
      if (supervisor.rtp.share(600) > 0.25 && supervisor.rtp.share(900) > 0.25) return;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assert.fail('The supervisor does not hear both.');
  };
  await hearsBoth();
  const until = async (check: () => boolean) => {
    for (let i = 0; i < 100 && !check(); i++) {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assert.ok(check());
  };
  await at.esl.api(`uuid_recv_dtmf ${supervisor.uuid} 2@100`);
  await until(() => agent.rtp.share(1700) > 0.25);
  assert.ok(caller.rtp.share(1700) < 0.05);
  await at.esl.api(`uuid_recv_dtmf ${supervisor.uuid} 3@100`);
  await until(() => agent.rtp.share(1700) > 0.25 && caller.rtp.share(1700) > 0.25);
  await at.esl.api(`uuid_recv_dtmf ${supervisor.uuid} 0@100`);
  await until(() => agent.rtp.share(1700) < 0.05 && caller.rtp.share(1700) < 0.05);
  for (const leg of [caller, agent, supervisor]) leg.hangup();
});

test('Variables: set, several, get, dump', async () => {
  const leg = await talking();
  assert.equal(await at.esl.api(`uuid_setvar ${leg.uuid} colour rojo y verde`), '+OK\n');
  assert.equal(await at.esl.api(`uuid_getvar ${leg.uuid} colour`), 'rojo y verde');
  assert.equal(await at.esl.api(`uuid_getvar ${leg.uuid} nothing`), '_undef_');
  await at.esl.api(`uuid_setvar_multi ${leg.uuid} one=1;two=2`);
  assert.equal(await at.esl.api(`uuid_getvar ${leg.uuid} two`), '2');
  await at.esl.execute(leg.uuid, 'multiset', 'x=1 y=2');
  const dump = await at.esl.api(`uuid_dump ${leg.uuid}`);
  assert.match(dump, /^variable_colour: rojo%20y%20verde$/m);
  assert.match(dump, /^variable_y: 2$/m);
  assert.match(dump, /^Channel-Read-Codec-Name: PCMA$/m);
  // FreeSWITCH writes its list of channels a little later.
  const listed = async () => (await at.esl.api('show channels as json')).includes(leg.uuid);
  for (let i = 0; i < 50 && !(await listed()); i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(await listed());
  leg.hangup();
});

test('An unknown command, an unknown channel, a job in the background, a heartbeat', async () => {
  assert.equal(await at.esl.api('nosuch x'), '-ERR nosuch Command not found!\n');
  assert.equal(await at.esl.api('uuid_dump nope'), '-ERR No such channel!\n');
  assert.equal(await at.esl.api('uuid_bridge a b'), '-ERR Invalid uuid\n');
  const invalid = await at.esl.send('sendmsg nope', { 'call-command': 'execute' });
  assert.equal(invalid, '-ERR invalid session id [nope]');
  const job = at.esl.wait(
    (event) => event['Event-Name'] === 'BACKGROUND_JOB' && event['Job-UUID'] === 'job-1',
  );
  assert.equal(await at.esl.send('bgapi status', { 'Job-UUID': 'job-1' }), '+OK Job-UUID: job-1');
  assert.match((await job)._body ?? '', /^UP /);
  const beat = await at.esl.next('HEARTBEAT');
  assert.ok(Number(beat['Max-Sessions']) > 0);
  assert.match(await at.esl.api('sofia status profile drachtio_mrf'), /^Name\s+drachtio_mrf$/m);
});
