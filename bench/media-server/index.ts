/**
 * The embedded media server alone: so many bridged calls at once, one codec (packets pass) or two (mixed),
 * and so many listeners to music. Prints JSON: packets lost, their spacing before and behind the switch, CPU.
 *
 *   node --import tsx bench/media-server/index.ts [--calls N] [--seconds N] [--only bridged,recorded,music]
 */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wavHeader } from '../../src/embedded/media/audio/wav-writer.ts';
import { invite, openSwitch, type Switch } from '../../test/contract/media/support/media-server.ts';
import { round } from '../support/percentiles.ts';
import { Talkers } from '../support/talk.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
    only: { type: 'string', default: 'bridged,recorded,music' },
  },
});
const calls = Number(values.calls);
const seconds = Number(values.seconds);
const SETTLE_MS = 3_000;

/** Ten seconds of a tone, as music on hold. */
const musicPath = join(tmpdir(), `bench-music-${process.pid}.wav`);
const samples = Int16Array.from({ length: 80_000 }, (_, i) => 9000 * Math.sin(i / 3));
const data = Buffer.from(samples.buffer);
writeFileSync(musicPath, Buffer.concat([wavHeader(8000, 1, data.length), data]));

type Scene = 'bridged' | 'recorded' | 'music';

const recordings = join(tmpdir(), `bench-recordings-${process.pid}`);
const results: Record<string, unknown> = {};
for (const scene of values.only.split(',') as Scene[]) results[scene] = await measure(scene);
process.stdout.write(`${JSON.stringify({ calls, ...results }, undefined, 2)}\n`);
rmSync(musicPath);
rmSync(recordings, { recursive: true, force: true });
process.exit();

async function measure(scene: Scene): Promise<unknown> {
  const at = await openSwitch({ rtpPortMin: 30_000, rtpPortMax: 31_999 });
  const talkers = await Talkers.open(2 * calls);
  const legs: string[] = [];
  for (const [talker, port] of talkers.ports.entries()) {
    const leg = await park(at, port);
    talkers.send(talker, leg.port);
    legs.push(leg.uuid);
  }
  for (let i = 0; i < legs.length; i += 2) await begin(at, scene, legs[i] ?? '', legs[i + 1] ?? '');
  await at.esl.send('noevents');
  await delay(SETTLE_MS);
  const usage = process.cpuUsage();
  const audio = await talkers.measure(() => delay(seconds * 1000));
  const cpu = process.cpuUsage(usage);
  await talkers.close();
  await at.close();
  const cpuUs = cpu.user + cpu.system;
  return { ...audio, cpuUsPerPacketSent: round(cpuUs / audio.received) };
}

async function park(at: Switch, port: number): Promise<{ uuid: string; port: number }> {
  const uuid = randomUUID();
  const body =
    'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
    `m=audio ${port} RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n`;
  const { response } = await invite(at, { uuid, body });
  return { uuid, port: Number(/m=audio (\d+)/.exec(response.body)?.[1]) };
}

async function begin(at: Switch, scene: Scene, a: string, b: string): Promise<void> {
  if (scene === 'music') {
    for (const uuid of [a, b]) {
      await at.esl.send(`sendmsg ${uuid}`, {
        'call-command': 'execute',
        'execute-app-name': 'playback',
        'execute-app-arg': musicPath,
        loops: '-1',
      });
    }
    return;
  }
  await at.esl.api(`uuid_bridge ${a} ${b}`);
  if (scene === 'recorded') await at.esl.api(`uuid_record ${a} start ${join(recordings, a)}.wav`);
}
