import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually } from '../../support/eventually.ts';
import { installed } from '../../support/program.ts';

const CHILD = fileURLToPath(new URL('../../support/talkative-child.ts', import.meta.url));
/** More than a pipe and the waiting room hold together: 8 MB. */
const LINES = 8_000;
const OUTPUT = new URL('../../../src/lib/standard-output.ts', import.meta.url).href;
/** util-linux has it. */
const noTerminal = (await installed('script')) ? false : 'there is no script(1)';

interface Talker {
  readonly child: ChildProcess;
  /** How many lines it has said, and how often it has told so. */
  readonly news: number[];
}

function talker(stdout: 'pipe' | number): Talker {
  const args = ['--import', 'tsx', CHILD, String(LINES)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
  const news: number[] = [];
  child.on('message', (said) => news.push(said as number));
  return { child, news };
}

/** It has said all that it wanted, and lives. */
async function goesOn({ news }: Talker): Promise<void> {
  await eventually('all to be said', () => news.at(-1) === LINES);
  const then = news.length;
  await eventually('it to go on', () => news.length > then + 3);
}

/** It ends by itself, and as it should. */
async function ends({ child }: Talker): Promise<void> {
  const exit = once(child, 'exit');
  child.disconnect();
  assert.deepEqual(await exit, [0, null]);
}

test('nobody reads: who logs goes on, and whoever reads at last sees where lines are missing', async () => {
  const one = talker('pipe');
  await goesOn(one);
  const { stdout } = one.child;
  assert.ok(stdout);
  const read: { msg: string; number?: number; lines?: number }[] = [];
  createInterface(stdout).on('line', (line) => read.push(JSON.parse(line)));
  const missing = () => read.find(({ msg }) => msg === 'Lines of the log are missing here');
  await eventually('it to be said that lines are missing', missing);
  const said = read.filter(({ msg }) => msg === 'Said');
  assert.deepEqual(
    said.map(({ number }) => number),
    said.map((_, index) => index + 1),
  );
  assert.equal(said.length + (missing()?.lines ?? 0), LINES);
  await ends(one);
});

test('nobody ever reads: the end does not wait for it', async () => {
  const one = talker('pipe');
  await goesOn(one);
  await ends(one);
});

test('whoever read has gone: who logs goes on', async () => {
  const one = talker('pipe');
  one.child.stdout?.destroy();
  await goesOn(one);
  await ends(one);
});

test('the disk is full: who logs goes on', { skip: process.platform !== 'linux' }, async () => {
  const one = talker(openSync('/dev/full', 'w'));
  await goesOn(one);
  await ends(one);
});

/** Runs a program at a terminal of its own, closes that, and gives the program's exit status. */
async function closingTheTerminal(program: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'terminal-'));
  try {
    const status = join(folder, 'status');
    const told = 'trap "kill -HUP $!" HUP; wait $!; wait $!';
    const args = `--import tsx --input-type=module --eval '${program}'`;
    const command = `"${process.execPath}" ${args} & ${told}; echo $? > ${status}.new; mv ${status}.new ${status}`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(terminal.stdout, 'data');
    terminal.kill('SIGKILL');
    await eventually('the program to end', () => existsSync(status));
    return (await readFile(status, 'utf8')).trim();
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the terminal is closed: who leaves then leaves well', { skip: noTerminal }, async () => {
  const ends = 'process.on("SIGHUP", () => process.exit(0)); setInterval(() => {}, 1000);';
  const ours = `import { standardOutput } from "${OUTPUT}"; ${ends} standardOutput().write("ready");`;
  assert.equal(await closingTheTerminal(ours), '0');
});
