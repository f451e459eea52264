/**
 * How fast the engine decides, on one core: compiled, as `npm start` runs it, and in seconds of the processor. Prints JSON.
 *
 * A served call is four commands through `Engine.apply`: answered, ended, the agent free again, and a new caller,
 * so that the line keeps its length. A **decision** is one that the router has to answer: which agent for this new
 * caller (`arrived`: it is seen that nobody is free, and the caller gets their place and position), and which call
 * for this agent (`free`: the first of all lines that they may serve, and the offer to it). `decisionsPerSecond` is
 * of these two, `commandsPerSecond` of all four. Both are of the best of several short repetitions, with the median
 * beside it. `naive` is the same decision of an agent who becomes free, by filtering and sorting all that waits;
 * `bare` is the least that a decision costs on this machine: the look-ups and objects, and nothing decided.
 *
 * Each load has a process of its own, as a house has: what one engine leaves in memory, and the code that was compiled for
 * it, cost the next up to a tenth.
 *
 *     npm run bench:acd -- [--commands 40000] [--repetitions 7] [--json]
 */
import { execFileSync } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Load } from './company.ts';
import type { Measured } from './measure.ts';

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '40000' },
    repetitions: { type: 'string', default: '7' },
    json: { type: 'boolean', default: true },
  },
});
const loads: readonly Load[] = [
  { skills: 50, agents: 1_000, waiting: 10 },
  { skills: 50, agents: 1_000, waiting: 10_000 },
  { skills: 200, agents: 10_000, waiting: 100_000 },
];
const program = new URL(`./one-load${extname(import.meta.url)}`, import.meta.url);
const runs = loads.map(measured);
const [few, many] = runs;
const costAtTenThousandToTen =
  few && many ? Math.round((few.decisionsPerSecond / many.decisionsPerSecond) * 100) / 100 : 0;
process.stdout.write(
  `${JSON.stringify({ bench: 'acd', node: process.version, costAtTenThousandToTen, runs }, undefined, 2)}\n`,
);

function measured(load: Load): Measured {
  const task = JSON.stringify([load, Number(values.commands), Number(values.repetitions)]);
  const args = [...process.execArgv, fileURLToPath(program), task];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
