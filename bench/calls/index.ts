/**
 * `npm run bench:calls`: how quick and how strong the whole is, on the embedded switch or, with SWITCH=external and
 * what belongs to it, on the real one. Prints JSON.
 *
 *   npm run bench:calls -- [--json] [--only setup,offer,backlog,rate] [--rate FROM:TO:BY] [--seconds N]
 *     [--waiting 1000 --served 200 --hold music,silence]
 */
import { parseArgs } from 'node:util';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { besideEcho } from '../support/echo.ts';
import { runOnBench } from '../support/run.ts';
import type { TestBench } from '../support/test-bench.ts';
import { type Hold, measureBacklog } from './backlog.ts';
import { measureOffers } from './offer.ts';
import { measureRate } from './rate.ts';
import { measureSetup } from './setup.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    only: { type: 'string', default: 'setup,offer,backlog,rate' },
    rate: { type: 'string', default: '5:60:5' },
    seconds: { type: 'string', default: '10' },
    calls: { type: 'string', default: '100' },
    agents: { type: 'string', default: '10' },
    waiting: { type: 'string', default: '200' },
    served: { type: 'string' },
    hold: { type: 'string', default: 'music' },
  },
});
const wanted = new Set(values.only.split(','));
const [from = 5, to = 60, by = 5] = values.rate.split(':').map(Number);

await runOnBench(measure);

async function measure(on: TestBench): Promise<unknown> {
  const phones = await PhoneBox.open(on.system.sip);
  const calls = Number(values.calls);
  const say = (what: string) => process.stderr.write(`Measuring ${what} …\n`);
  const results: Record<string, unknown> = { switch: on.switchKind, node: process.version };
  if (wanted.has('setup')) {
    say('setup');
    results.setup = await besideEcho(() => measureSetup(phones, 10, calls));
  }
  if (wanted.has('offer')) {
    say('offers');
    results.offer = await besideEcho(() => measureOffers(on, phones, calls));
  }
  if (wanted.has('backlog')) {
    const [agents, waiting] = [Number(values.agents), Number(values.waiting)];
    const serve = Math.min(waiting, Number(values.served ?? waiting));
    const backlogs: unknown[] = [];
    for (const hold of values.hold.split(',') as Hold[]) {
      say(`a full queue with ${hold}`);
      const backlog = { agents, waiting, serve, hold };
      backlogs.push(await besideEcho(() => measureBacklog(on, phones, backlog)));
    }
    results.backlog = backlogs;
  }
  if (wanted.has('rate')) {
    say('full calls');
    const steps = await measureRate(on, phones, { from, to, by, seconds: Number(values.seconds) });
    const best = steps.filter(({ clean }) => clean).at(-1);
    results.rate = { highestCleanCallsPerSecond: best?.callsPerSecond ?? 0, steps };
  }
  await phones.close();
  return results;
}
