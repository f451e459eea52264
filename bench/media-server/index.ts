/**
 * The embedded media server alone: so many bridged calls at once, one codec (packets pass) or two (mixed),
 * and so many listeners to music. Prints JSON: packets lost, spacing at the phones, CPU.
 *
 *   node --import tsx bench/media-server/index.ts [--calls N] [--seconds N]
 */
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { wavHeader } from '../../src/embedded/media/audio/wav-writer.ts';
import { invite, openSwitch, type Switch } from '../../test/contract/media/support/media-server.ts';
import { Capture } from '../media/capture.ts';
import { distribution, round } from '../support/percentiles.ts';
import type { PhonesOrder, PhonesReport } from './phones.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '10' },
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
for (const scene of ['bridged', 'recorded', 'music'] as const)
  results[scene] = await measure(scene);
process.stdout.write(`${JSON.stringify({ calls, ...results }, undefined, 2)}\n`);
rmSync(musicPath);
rmSync(recordings, { recursive: true, force: true });
process.exit();

async function measure(scene: Scene): Promise<unknown> {
  const at = await openSwitch({ rtpPortMin: 30_000, rtpPortMax: 31_999 });
  const phones = fork(new URL('./phones.ts', import.meta.url), { execArgv: ['--import', 'tsx'] });
  const tell = (order: PhonesOrder) => phones.send(order);
  tell({ kind: 'open', count: 2 * calls });
  const [ports] = (await once(phones, 'message')) as [number[]];
  const legs: { uuid: string; port: number }[] = [];
  for (const port of ports) legs.push(await park(at, port));
  tell({ kind: 'talk', ports: legs.map((leg) => leg.port) });
  for (let i = 0; i < legs.length; i += 2) {
    await begin(at, scene, legs[i]?.uuid ?? '', legs[i + 1]?.uuid ?? '');
  }
  await at.esl.send('noevents');
  await delay(SETTLE_MS);
  const capture = await Capture.start();
  const usage = process.cpuUsage();
  tell({ kind: 'measure' });
  await delay(seconds * 1000);
  tell({ kind: 'report' });
  const [report] = (await once(phones, 'message')) as [PhonesReport];
  const cpu = process.cpuUsage(usage);
  const streams = capture && [...(await capture.finish(new Set(ports))).values()];
  phones.kill();
  await at.close();
  return {
    streams: legs.length,
    sent: report.sent,
    received: report.received,
    lost: report.lost,
    spacingMsAtPhones: distribution(report.spacingsMs),
    ...(streams && {
      kernel: {
        packets: streams.reduce((sum, each) => sum + each.packets, 0),
        lost: streams.reduce((sum, each) => sum + each.lost, 0),
        spacingMs: distribution(streams.flatMap(({ spacingsMs }) => spacingsMs)),
      },
    }),
    cpuPercentOfOneCore: round((cpu.user + cpu.system) / seconds / 10_000),
  };
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
