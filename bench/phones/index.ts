/**
 * `npm run bench:phones`: registered phones that refresh with calls under them, how soon a REFER rings at the next
 * agent, and what two hear when a third joins them. Prints JSON.
 *
 *   npm run bench:phones -- [--json] [--only register,refer,join] [--phones 500] [--refresh 60] [--seconds 60] [--times 50]
 */
import { parseArgs } from 'node:util';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { besideEcho } from '../support/echo.ts';
import { runOnBench } from '../support/run.ts';
import type { TestBench } from '../support/test-bench.ts';
import { measureJoins } from './join.ts';
import { measureTransfers } from './refer.ts';
import { measureRegisters } from './register.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    only: { type: 'string', default: 'register,refer,join' },
    phones: { type: 'string', default: '500' },
    refresh: { type: 'string', default: '60' },
    seconds: { type: 'string', default: '60' },
    times: { type: 'string', default: '50' },
  },
});
const wanted = new Set(values.only.split(','));

await runOnBench(measure);

async function measure(on: TestBench): Promise<unknown> {
  const box = await PhoneBox.open(on.system.sip);
  const [phones, times] = [Number(values.phones), Number(values.times)];
  const [seconds, refreshMs] = [Number(values.seconds), Number(values.refresh) * 1_000];
  const results: Record<string, unknown> = { switch: on.switchKind, node: process.version };
  if (wanted.has('register'))
    results.register = await besideEcho(() =>
      measureRegisters(on, box, { phones, seconds, refreshMs }),
    );
  if (wanted.has('refer')) results.refer = await besideEcho(() => measureTransfers(on, box, times));
  if (wanted.has('join')) results.join = await besideEcho(() => measureJoins(on, box, times));
  await box.close();
  return results;
}
