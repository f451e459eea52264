import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { endWithUs } from '../../demo/caretaker.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres/postgres.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { Random } from '../../src/lib/random.ts';
import { importContacts } from '../../src/runtime/contact-import/importer.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { distribution, round } from '../support/percentiles.ts';

/*
 * A file of contacts is imported into a real PostgreSQL, and callers are looked up in it: how long the import takes,
 * how much memory, and how soon a caller is known who is in no memory yet. `--contacts`, `--lookups`, `--at-once`.
 */
const { values } = parseArgs({
  options: {
    contacts: { type: 'string', default: '1000000' },
    lookups: { type: 'string', default: '20000' },
    'at-once': { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});
const contacts = Number(values.contacts);
const lookups = Number(values.lookups);
const atOnce = Number(values['at-once']);

const numberOf = (n: number): string => `55${String(10_000_000 + n)}`;
const e164Of = (n: number): string => `+52${numberOf(n)}`;
const MB = 1024 * 1024;

const dataDir = await mkdtemp(join(tmpdir(), 'centralita-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir, log: silentLogger });
const caretaker = endWithUs(dataDir);
const { databaseUrl } = postgres;
const store = await openStore({ databaseUrl, dataDir, log: silentLogger, clock: systemClock });
try {
  const path = join(dataDir, 'contacts.csv');
  await writeFile(path);
  const imported = await measureImport(store, path);
  const byNumber = await measureLookups((e164) => store.contacts.byNumber(e164));
  const recentCalls = await measureLookups((e164) => store.memory.recentCalls(e164));
  process.stdout.write(
    `${JSON.stringify({ contacts, imported, lookupMs: { atOnce, byNumber, recentCalls } }, null, 2)}\n`,
  );
} finally {
  await store.close();
  await postgres.stop();
  caretaker.cancel();
  await rm(dataDir, { recursive: true, force: true });
}

/** One row in a thousand is broken, one in ten has two numbers, all names have accents, in Latin-1. */
async function writeFile(path: string): Promise<void> {
  const file = createWriteStream(path, { encoding: 'latin1' });
  file.write('id;nombre;estado;teléfono;teléfono 2\n');
  for (let n = 0; n < contacts; n++) {
    const second = n % 10 === 0 ? numberOf(contacts + n) : '';
    const first = n % 1_000 === 999 ? 'nada' : numberOf(n);
    const row = `c${n};José Núñez ${n};${n % 50 === 0 ? 'vip' : 'cliente'};${first};${second}\n`;
    if (!file.write(row)) await new Promise<void>((resolve) => file.once('drain', resolve));
  }
  file.end();
  await finished(file);
}

async function measureImport(into: Store, path: string): Promise<object> {
  let rssMax = 0;
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const result = await importContacts(
    path,
    into.contactWriter,
    { country: 'MX' },
    {
      began: () => {},
      rejected: async () => {},
      progress: () => {
        rssMax = Math.max(rssMax, process.memoryUsage().rss);
      },
    },
  );
  const seconds = (performance.now() - started) / 1_000;
  if (!result.ok) throw new Error(result.error);
  return {
    ...result.value,
    fileMb: round((await stat(path)).size / MB),
    seconds: round(seconds),
    rowsPerSecond: Math.round(contacts / seconds),
    rssBeforeMb: round(before / MB),
    rssMaxMb: round(rssMax / MB),
  };
}

/** Numbers that were not asked for before, some of them nobody's: every look-up goes to the database. */
async function measureLookups(lookUp: (e164: string) => Promise<unknown>): Promise<object> {
  const random = new Random(7);
  const times: number[] = [];
  const caller = async (): Promise<void> => {
    while (times.length < lookups) {
      const e164 = e164Of(random.between(0, Math.ceil(contacts * 1.05)));
      const started = performance.now();
      await lookUp(e164);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, caller));
  return distribution(times);
}
