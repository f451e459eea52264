import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { type WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../support/eventually.ts';
import { type Leg, openSwitch, park, type Switch } from './support/media-server.ts';
import { goertzelShare, RtpEnd } from './support/rtp-end.ts';

let at: Switch;
let skip: string | false = false;
before(async () => {
  at = await openSwitch();
  // The real one has the module only where somebody has installed it.
  await at.esl.api('load mod_audio_fork');
  if ((await at.esl.api('module_exists mod_audio_fork')).trim() !== 'true') skip = 'no module';
});
after(() => at.close());

/** The far end of a fork: what came in, in order. */
class Ear {
  readonly texts: string[] = [];
  readonly audio: Buffer[] = [];
  protocol = '';
  path = '';
  socket: WebSocket | undefined;
  closed: number | undefined;
  readonly #server = new WebSocketServer({ host: '127.0.0.1', port: 0 });

  constructor() {
    this.#server.on('connection', (socket, request) => {
      this.socket = socket;
      this.protocol = socket.protocol;
      this.path = request.url ?? '';
      socket.on('message', (data: Buffer, isBinary) => {
        if (isBinary) this.audio.push(data);
        else this.texts.push(String(data));
      });
      socket.on('close', (code) => {
        this.closed = code;
      });
    });
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ear`;
  }

  get samples(): Int16Array {
    const all = Buffer.concat(this.audio);
    return new Int16Array(all.buffer, all.byteOffset, all.length / 2);
  }

  close(): void {
    for (const socket of this.#server.clients) socket.terminate();
    this.#server.close();
  }
}

async function forked(
  codec: 'PCMA' | 'G722',
  hertz: number,
  rest: string,
): Promise<{ leg: Leg; ear: Ear }> {
  const ear = new Ear();
  const leg = await park(at, await RtpEnd.open(codec));
  leg.rtp.talk(leg.sdp, hertz);
  const answer = await at.esl.api(`uuid_audio_fork ${leg.uuid} start ${ear.url} ${rest}`);
  assert.equal(answer, '+OK Success\n');
  await eventually('half a second of audio', () => ear.samples.length > 8_000);
  return { leg, ear };
}

test('The caller is sent as he speaks, after the metadata', async (context) => {
  if (skip) return context.skip(skip);
  const { leg, ear } = await forked('PCMA', 1_000, 'mono 16000 fork1 {"call":"1"}');
  assert.equal(ear.path, '/ear');
  assert.equal(ear.protocol, 'audio.drachtio.org');
  assert.deepEqual(ear.texts, ['{"call":"1"}']);
  assert.ok(goertzelShare(ear.samples.subarray(-4_000), 1_000, 16_000) > 0.8);
  const frames = ear.audio.slice(2).map(({ length }) => length);
  assert.ok(
    frames.every((length) => length % 640 === 0),
    frames.join(' '),
  );
  const began = performance.now();
  const before = ear.samples.length;
  await eventually('another second', () => ear.samples.length - before >= 16_000);
  const took = performance.now() - began;
  assert.ok(took > 800 && took < 1_600, `a second took ${took} ms`);
  assert.equal(
    await at.esl.api(`uuid_audio_fork ${leg.uuid} stop fork1 {"bye":1}`),
    '+OK Success\n',
  );
  await eventually('the close', () => ear.closed);
  assert.equal(ear.closed, 1_000);
  assert.deepEqual(ear.texts, ['{"call":"1"}', '{"bye":1}']);
  leg.hangup();
  ear.close();
});

test('A wideband caller is heard up to 5 kHz at 16 kHz, a narrowband one at 8 kHz', async (context) => {
  if (skip) return context.skip(skip);
  const wide = await forked('G722', 5_000, 'mono 16k');
  assert.ok(goertzelShare(wide.ear.samples.subarray(-4_000), 5_000, 16_000) > 0.8);
  const narrow = await forked('G722', 1_000, 'mono 8k');
  assert.ok(goertzelShare(narrow.ear.samples.subarray(-4_000), 1_000, 8_000) > 0.8);
  for (const { leg, ear } of [wide, narrow]) {
    leg.hangup();
    await eventually('the close when the call ends', () => ear.closed);
    ear.close();
  }
});

const TONE = 'tone_stream://%(10000,0,440)';
for (const [what, sound, pause] of [
  ['is paused', TONE, true],
  [
    'goes over into silence',
    'file_string://tone_stream://%(700,0,440)!silence_stream://20000',
    false,
  ],
] as const) {
  test(`Nothing is lost of a caller over whose voice a playback ${what}`, async (context) => {
    if (skip) return context.skip(skip);
    const { leg, ear } = await forked('G722', 1_000, 'mono 16000 fork2');
    const done = at.esl.execute(leg.uuid, 'playback', sound);
    await leg.rtp.hears(440);
    // What the beginning of a playback has cost is over.
    const settled = ear.samples.length + 4_000;
    await eventually('the playback to go on', () => ear.samples.length > settled);
    if (pause) await at.esl.api(`uuid_fileman ${leg.uuid} pause`);
    await eventually('more audio', () => ear.samples.length > settled + 12_000);
    const said = ear.samples.subarray(settled);
    const lost = [];
    for (let at = 0; at + 160 <= said.length; at += 160) {
      if (goertzelShare(said.subarray(at, at + 160), 1_000, 16_000) < 0.8) lost.push(at);
    }
    // The end of a playback costs 130 ms; a packet that a busy machine sends late, 20.
    assert.ok(lost.length <= 4, `10 ms each, so many samples later: ${lost.join(', ')}`);
    await at.esl.api(`uuid_break ${leg.uuid} all`);
    await done;
    leg.hangup();
    ear.close();
  });
}

test('What cannot be is refused with the module’s own words', async (context) => {
  if (skip) return context.skip(skip);
  const leg = await park(at, await RtpEnd.open('PCMA'));
  const fork = (rest: string): Promise<string> => at.esl.api(`uuid_audio_fork ${rest}`);
  assert.equal(await fork('nope start ws://127.0.0.1:9/ mono 8000'), '-ERR Operation Failed\n');
  assert.equal(await fork(`${leg.uuid} stop nobody`), '-ERR Operation Failed\n');
  assert.equal(await fork(`${leg.uuid} start ws://127.0.0.1:9/ quadro 8000`), '-ERR no reply\n');
  assert.match(await fork(''), /^-USAGE: <uuid>/);
  leg.hangup();
});

test('An ear that is not there is told as an event, and the channel goes on', async (context) => {
  if (skip) return context.skip(skip);
  const leg = await park(at, await RtpEnd.open('PCMA'));
  leg.rtp.talk(leg.sdp, 1_000);
  const failed = at.esl.next('CUSTOM', leg.uuid);
  await at.esl.api(`uuid_audio_fork ${leg.uuid} start ws://127.0.0.1:9/none mono 8000`);
  assert.equal((await failed)['Event-Subclass'], 'mod_audio_fork::connect_failed');
  assert.equal(await at.esl.api(`uuid_exists ${leg.uuid}`), 'true');
  leg.hangup();
});
