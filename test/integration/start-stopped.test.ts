import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { freeRange } from '../support/ports.ts';

const ROOT = join(import.meta.dirname, '../..');
const isBuilt = Boolean(process.env.TEST_BUILT);
const PROGRAM = isBuilt ? ['dist/main.js'] : ['--import', 'tsx', 'src/main.ts'];
const READY_MS_MAX = 60_000;
const WARN = 40;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'centralita-stopped-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/**
 * A start as of a person at a terminal: Ctrl-C goes to the program and to all that it has started (run from its sources,
 * to the program only: tsx would lose its compiler).
 */
async function start() {
  const rtpMin = await freeRange(20);
  const child = spawn(process.execPath, PROGRAM, {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...{ PATH: process.env.PATH, DATA_DIR: dataDir, HTTP_PORT: '0' },
      ...{ SIP_HOST: '127.0.0.1', SIP_PORT: '0' },
      ...{ RTP_PORT_MIN: String(rtpMin), RTP_PORT_MAX: String(rtpMin + 19) },
    },
  });
  const { pid = 0 } = child;
  const closed = once(child, 'close');
  let said = '';
  for (const output of [child.stdout, child.stderr]) {
    output.on('data', (chunk) => {
      said += String(chunk);
    });
  }
  return {
    saying: (what: string) =>
      eventually(what, async () => said.includes(what) || undefined, READY_MS_MAX),
    /** Ends it so, and gives its exit status and all that it has said. */
    async stop(signal: NodeJS.Signals = 'SIGINT') {
      process.kill(isBuilt ? -pid : pid, signal);
      const [code] = await closed;
      return { code, said };
    },
  };
}

const complaints = (said: string): readonly string[] =>
  said
    .split('\n')
    .filter(
      (line) => line.startsWith('{') && (JSON.parse(line) as { level: number }).level >= WARN,
    );

test('Ctrl-C while it starts for the first time: it leaves at once and well, and the next start shows the key', async () => {
  const first = await start();
  await eventually(
    'the database to be being made',
    async () => existsSync(join(dataDir, 'postgres.unfinished')) || undefined,
    READY_MS_MAX,
  );
  const early = await first.stop();
  assert.equal(early.code, 0, early.said);
  assert.deepEqual(complaints(early.said), []);

  const second = await start();
  await second.saying('is being spoken');
  const late = await second.stop();
  assert.equal(late.code, 0, late.said);
  assert.doesNotMatch(late.said, /Centralita is ready/);
  assert.deepEqual(complaints(late.said), []);

  const third = await start();
  await third.saying('Centralita is ready.');
  const { code, said } = await third.stop('SIGTERM');
  assert.equal(code, 0, said);
  assert.match(said, /API key +ck_\S+ +\(shown this once/);
  assert.match(said, /User +admin, password \S+ +\(shown this once/);
  assert.deepEqual(complaints(said), []);
});
