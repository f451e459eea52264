import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    events: { type: 'string', default: '20000' },
    json: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
const result = simulate({ seed, events: Number(values.events) });
const text = values.json ? JSON.stringify(result) : JSON.stringify(result, null, 2);
process.stdout.write(`${text}\n`);
process.exitCode = result.violations.length === 0 ? 0 : 1;
