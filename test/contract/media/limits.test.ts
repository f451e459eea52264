import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { test } from 'node:test';
import { RtpHeader, RtpPacket } from 'werift-rtp';
import { createCodec } from '../../../src/embedded/media/audio/codecs.ts';
import { startMediaServer } from '../../../src/embedded/media/index.ts';
import { EslClient } from './support/esl-client.ts';
import { invite, openSwitch, park } from './support/media-server.ts';
import { RtpEnd } from './support/rtp-end.ts';

// What only the embedded server can be asked: its own limits. The real one's are its configuration's.
const embedded = { skip: process.env.SWITCH === 'external' };

test('A port in use is named', embedded, async () => {
  const at = await openSwitch();
  const base = { secret: 'x', rtpIp: '127.0.0.1', rtpPortMin: 43_000, rtpPortMax: 43_099 };
  const hosts = { sipHost: '127.0.0.1', eslHost: '127.0.0.1' };
  const sipPort = Number(at.sipAddress.split(':')[1]);
  await assert.rejects(
    startMediaServer({ ...base, ...hosts, sipPort, eslPort: 0 }),
    new RegExp(String(sipPort)),
  );
  await assert.rejects(
    startMediaServer({ ...base, ...hosts, sipPort: 0, eslPort: at.eslPort }),
    new RegExp(String(at.eslPort)),
  );
  await at.close();
});

test('No more sessions than allowed: 503, and room again after a hangup', embedded, async () => {
  const at = await openSwitch({ maxSessions: 1 });
  const leg = await park(at);
  const telephone = await RtpEnd.open();
  const refused = await invite(at, { body: telephone.sdp });
  assert.equal(refused.response.status, 503);
  const gone = at.esl.next('CHANNEL_DESTROY', leg.uuid);
  leg.hangup();
  await gone;
  (await park(at, telephone)).hangup();
  await at.close();
});

test('No port left: 503, and a port that was freed serves again', embedded, async () => {
  const at = await openSwitch({ rtpPortMin: 43_200, rtpPortMax: 43_203 });
  const legs = [await park(at), await park(at)];
  const telephone = await RtpEnd.open();
  const refused = await invite(at, { body: telephone.sdp });
  assert.equal(refused.response.status, 503);
  const gone = at.esl.next('CHANNEL_DESTROY', legs[0]?.uuid);
  legs[0]?.hangup();
  await gone;
  (await park(at, telephone)).hangup();
  legs[1]?.hangup();
  await at.close();
});

test('A channel that hears nothing is hung up', embedded, async () => {
  const at = await openSwitch({ mediaTimeoutMs: 600 });
  const silent = await park(at);
  const talking = await park(at);
  talking.rtp.talk(talking.sdp, 300);
  const hangup = await at.esl.next('CHANNEL_HANGUP', silent.uuid);
  assert.equal(hangup['Hangup-Cause'], 'MEDIA_TIMEOUT');
  assert.match(await silent.over, /MEDIA_TIMEOUT/);
  assert.equal(await at.esl.api(`uuid_exists ${talking.uuid}`), 'true');
  talking.hangup();
  silent.rtp.close();
  await at.close();
});

test('Loss, doubling and reordering are heard through', embedded, async () => {
  const at = await openSwitch();
  const a = await park(at, await RtpEnd.open('PCMA'));
  const b = await park(at, await RtpEnd.open('PCMU'));
  b.rtp.talk(b.sdp, 900);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  const socket = createSocket('udp4');
  const port = Number(/m=audio (\d+)/.exec(a.sdp)?.[1]);
  await new Promise<void>((resolve) => socket.bind(a.rtp.port + 1, '127.0.0.1', () => resolve()));
  const codec = createCodec('PCMA');
  const pcm = new Int16Array(160);
  let phase = 0;
  const packets: Buffer[] = [];
  for (let sequence = 0; sequence < 150; sequence++) {
    for (let i = 0; i < 160; i++) pcm[i] = 8000 * Math.sin((2 * Math.PI * 500 * phase++) / 8000);
    const payload = Buffer.alloc(160);
    codec.encode(pcm, 160, payload, 0);
    const header = { payloadType: 8, sequenceNumber: sequence, timestamp: sequence * 160, ssrc: 1 };
    packets.push(new RtpPacket(new RtpHeader(header), payload).serialize());
  }
  const order = packets.map((_, i) => (i % 10 === 3 ? i + 1 : i % 10 === 4 ? i - 1 : i));
  for (const [turn, index] of order.entries()) {
    const times = turn % 20 === 7 ? 0 : turn % 20 === 15 ? 2 : 1;
    for (let i = 0; i < times; i++) socket.send(packets[index] as Buffer, port, '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 19));
  }
  assert.ok(b.rtp.share(500, 1000) > 0.7, `${b.rtp.share(500, 1000)}`);
  socket.close();
  a.hangup();
  b.hangup();
  await at.close();
});

test('A stranger who sprays RTP at a call in progress is not heard', embedded, async () => {
  const at = await openSwitch();
  const a = await park(at);
  const b = await park(at);
  a.rtp.talk(a.sdp, 600);
  b.rtp.talk(b.sdp, 900);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  await b.rtp.hears(600);
  const stranger = await RtpEnd.open();
  stranger.talk(a.sdp, 1500);
  await at.esl.next('HEARTBEAT');
  assert.ok(b.rtp.share(600) > 0.7);
  assert.equal(stranger.packets.length, 0);
  stranger.close();
  a.hangup();
  b.hangup();
  await at.close();
});

test('Strangers at the event socket: a wrong secret, noise, silence', embedded, async () => {
  const at = await openSwitch();
  await assert.rejects(EslClient.connect(at.host, at.eslPort, 'wrong'), /-ERR invalid/);
  for (const noise of ['GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'a'.repeat(80_000), '\0\0\0\n\n']) {
    const socket = connect(at.eslPort, at.host);
    socket.on('error', () => undefined);
    socket.resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(noise);
    await closed;
  }
  assert.match(await at.esl.api('status'), /^UP/);
  await at.close();
});

test('Closing says BYE to everybody', embedded, async () => {
  const at = await openSwitch();
  const leg = await park(at);
  at.esl.close();
  const over = leg.over;
  const closing = at.close();
  assert.match(await over, /SYSTEM_SHUTDOWN/);
  await closing;
  leg.rtp.close();
});

test('A hundred commands at once are all answered, in order', embedded, async () => {
  const at = await openSwitch();
  const ids = Array.from({ length: 100 }, () => randomUUID());
  const answers = await Promise.all(ids.map((id) => at.esl.api(`echo ${id}`)));
  assert.deepEqual(answers, ids);
  await at.close();
});
