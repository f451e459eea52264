import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { RtpHeader, RtpPacket } from 'werift-rtp';
import { completeConfig } from '../../../src/embedded/media/config.ts';
import { SwitchCore } from '../../../src/embedded/media/core.ts';
import { MediaSwitch } from '../../../src/embedded/media/media-switch.ts';
import { UserAgent } from '../../../src/embedded/sip/index.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { newUuid } from '../../../src/lib/ids.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { invite, openSwitch, park } from './support/media-server.ts';
import { RtpEnd } from './support/rtp-end.ts';

// What one far end sends must not end the calls of all.

const embedded = { skip: process.env.SWITCH === 'external' };

const packet = (sequenceNumber: number, payload: Buffer): Buffer =>
  new RtpPacket(
    new RtpHeader({ payloadType: 8, sequenceNumber, timestamp: sequenceNumber * 160, ssrc: 9 }),
    payload,
  ).serialize();

async function socketAt(port: number): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(port, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('Ports that there are not are refused', embedded, async () => {
  const at = await openSwitch();
  const telephone = await RtpEnd.open();
  for (const port of [65_535, 70_000]) {
    const body = telephone.sdp.replace(/m=audio \d+/, `m=audio ${port}`);
    assert.equal((await invite(at, { body })).response.status, 488, `${port}`);
  }
  (await park(at, telephone)).hangup();
  await at.close();
});

test('RTP from port 65535, whose RTCP would have none, and packets of any length do no harm', async () => {
  const at = await openSwitch();
  const [a, b] = [await park(at), await park(at)];
  b.rtp.talk(b.sdp, 900);
  await at.esl.api(`uuid_bridge ${a.uuid} ${b.uuid}`);
  await a.rtp.hears(900);
  const last = await socketAt(65_535);
  const port = Number(/m=audio (\d+)/.exec(a.sdp)?.[1]);
  for (let sequence = 0; sequence < 270; sequence++) {
    const octets = sequence % 50 === 49 ? 9_000 : 160;
    last.send(packet(sequence, Buffer.alloc(octets, 0xd5)), port, '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(await at.esl.api(`uuid_exists ${b.uuid}`), 'true');
  assert.equal(await at.esl.api(`uuid_exists ${a.uuid}`), 'true');
  last.close();
  a.hangup();
  b.hangup();
  await at.close();
});

test('A channel that fails is hung up, and the others go on', embedded, async () => {
  const config = completeConfig({
    sipHost: '127.0.0.1',
    sipPort: 0,
    eslHost: '127.0.0.1',
    eslPort: 0,
    secret: 'x',
    rtpIp: '127.0.0.1',
    rtpPortMin: 41_000,
    rtpPortMax: 42_999,
  });
  const parts = { config, clock: systemClock, newId: newUuid, logger: silentLogger };
  const media = new MediaSwitch(new SwitchCore(parts));
  await media.open();
  const agent = await UserAgent.open({ host: '127.0.0.1', port: 0 });
  const telephone = await RtpEnd.open();
  const ended: Promise<string>[] = [];
  for (const callId of ['sick', 'well']) {
    await new Promise<void>((answered) => {
      const call = { callId, body: telephone.sdp, headers: [['X-Centralita', 'park']] as const };
      agent.invite(`sip:park@${media.sipAddress()}`, call, {
        onAnswer: (session) => {
          ended.push(new Promise((resolve) => session.handle({ onEnd: ({ by }) => resolve(by) })));
          answered();
        },
        onFailure: (failure) => assert.fail(JSON.stringify(failure)),
      });
    });
  }
  const top = media.channels.get('sick')?.executor.top;
  assert.ok(top);
  top.tick = () => {
    throw new RangeError('offset is out of bounds');
  };
  assert.equal(await ended[0], 'remote');
  assert.equal(media.channels.get('well')?.up, true);
  telephone.close();
  await media.close();
  await agent.close();
});
