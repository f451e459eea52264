// Runs the tests: all kinds one after the other, or those that are named. `--` passes on to node's runner:
// npm run test:e2e -- --test-name-pattern="queue"
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { watchTheHost } from './stolen.mjs';
import { ensurePromtool, ensureTestTools } from './test-tools.mjs';

// End-to-end files have a whole system and several phones each, and mostly wait: two at a time.
const KINDS = {
  unit: { concurrency: 2, tools: false, rules: true, limitMs: 120_000 },
  sim: { concurrency: 2, tools: false, limitMs: 300_000 },
  contract: { concurrency: 2, tools: true, limitMs: 180_000 },
  integration: { concurrency: 2, tools: false, limitMs: 300_000 },
  e2e: { concurrency: 2, tools: true, limitMs: 600_000 },
};

const args = process.argv.slice(2);
const options = args.filter((argument) => argument.startsWith('--'));
const named = args.filter((argument) => !argument.startsWith('--'));
const unknown = named.filter((name) => !(name in KINDS));
if (unknown.length > 0) {
  console.error(
    `No such kind of test: ${unknown.join(', ')}. There are ${Object.keys(KINDS).join(', ')}.`,
  );
  process.exit(2);
}
const kinds = named.length > 0 ? named : Object.keys(KINDS);

/** Node 20 takes file names, no patterns. */
function filesOf(kind) {
  try {
    return readdirSync(join('test', kind), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => join('test', kind, name))
      .sort();
  } catch {
    return [];
  }
}

/** Phones, callers and media keep real time: on a machine of which the host takes more than this nobody can. */
const STOLEN_MAX = 0.1;

function runKind(kind) {
  const files = filesOf(kind);
  if (files.length === 0) return true;
  const { concurrency } = KINDS[kind];
  console.log(`\n── ${kind}: ${files.length} files`);
  const stolen = watchTheHost();
  const failed = run(kind, files, concurrency);
  if (failed.length === 0) return true;
  const percent = Math.round(stolen() * 100);
  if (percent <= STOLEN_MAX * 100 || failed.includes(undefined)) return false;
  console.log(`\n── ${kind}: the host took ${percent} % of the processors from us meanwhile.`);
  console.log(`Once more, one at a time, what failed:\n${failed.join('\n')}\n`);
  return run(kind, failed, 1).length === 0;
}

/** The files in which something failed; undefined among them: the runner itself did, or something of which nobody knows where. */
function run(kind, files, concurrency) {
  const folder = mkdtempSync(join(tmpdir(), 'centralita-failed-'));
  const list = join(folder, 'files');
  const { status } = spawnSync(
    process.execPath,
    [
      ...['--import', 'tsx', '--test', '--test-force-exit'],
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...['--test-reporter=./scripts/failed-files.mjs', `--test-reporter-destination=${list}`],
      ...[`--test-concurrency=${concurrency}`, `--test-timeout=${KINDS[kind].limitMs}`],
      ...options,
      ...files,
    ],
    { stdio: 'inherit' },
  );
  const named = readFileSync(list, 'utf8').split('\n').filter(Boolean);
  rmSync(folder, { recursive: true });
  const failed = named.map((name) => files.find((file) => file === relative('.', name)));
  return status !== 0 && failed.length === 0 ? [undefined] : failed;
}

if (kinds.some((kind) => KINDS[kind].tools)) {
  const missing = ensureTestTools();
  if (missing) {
    console.error(missing);
    console.error('Without them: npm run test:unit, test:sim, test:integration.');
    process.exit(1);
  }
}

if (kinds.some((kind) => KINDS[kind].rules)) {
  const missing = ensurePromtool();
  if (missing) console.error(missing);
}

if (kinds.includes('e2e')) {
  // What is tested from end to end is what `npm start` runs.
  const { status } = spawnSync(process.execPath, ['scripts/prepare.mjs', '--build'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
  process.env.TEST_BUILT = '1';
}

const started = performance.now();
const failed = kinds.filter((kind) => !runKind(kind));
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  failed.length === 0
    ? `\nAll tests passed: ${kinds.join(', ')} (${seconds} s).`
    : `\nTests failed: ${failed.join(', ')} (${seconds} s).`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
