import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { Command } from '../../src/acd/commands.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { agentId, callId, queueId } from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue.ts';
import { Historian } from '../../src/runtime/journal/historian.ts';
import { type OpenedJournal, openJournal } from '../../src/runtime/journal/journal.ts';

/*
 * The journal beside the engine that it writes down: what a snapshot costs those who are served, how long a
 * restart takes, and how soon somebody knows why. `--waiting`, `--agents`, `--commands`.
 */
const { values } = parseArgs({
  options: {
    waiting: { type: 'string', default: '10000' },
    agents: { type: 'string', default: '1000' },
    commands: { type: 'string', default: '60000' },
  },
});
const waiting = Number(values.waiting);
const agents = Number(values.agents);
const commands = Number(values.commands);
const QUEUES = 10;
const SNAPSHOT_EVERY = 25_000;

const queueOf = (n: number) => queueId(`q${n % QUEUES}`);

const configure: Command = {
  type: 'configure',
  queues: Array.from({ length: QUEUES }, (_, n) => ({
    ...QUEUE_DEFAULTS,
    id: queueOf(n),
    name: `Queue ${n}`,
    lengthMax: 1_000_000,
    // Ten thousand callers who come in one moment would hear where they stand in one moment.
    announceFirstMs: 3_000_000,
  })),
  agents: Array.from({ length: agents }, (_, n) => ({
    id: agentId(`a${n}`),
    name: `Agent ${n}`,
    extension: String(n),
    skills: { ventas: 1 + (n % 10) },
    queueIds: [queueOf(n), queueOf(n + 1)],
  })),
};

const enqueue = (n: number): Command => ({
  type: 'call.enqueue',
  callId: callId(`call-${n}`),
  queueId: queueOf(n),
  priority: n % 11,
  requiredSkills: {},
});

const abandon = (n: number): Command => ({ type: 'call.abandon', callId: callId(`call-${n}`) });

/** A command a turn, as the world gives them; what a snapshot stops is the turn that it falls into. */
async function load({ journal, engine }: OpenedJournal, from: number): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let longestMs = 0;
  delay.enable();
  for (let n = 0; n < commands; n++) {
    const started = performance.now();
    const command = n % 2 === 0 ? enqueue(from + (n >> 1)) : abandon(from - waiting + (n >> 1));
    const at = systemClock.now();
    journal.append(at, command);
    engine.apply(at, command);
    longestMs = Math.max(longestMs, performance.now() - started);
    if (n % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  delay.disable();
  return Math.round(longestMs * 10) / 10;
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [ms: number, T]> {
  const started = performance.now();
  const value = await work();
  return [Math.round(performance.now() - started), value];
}

const folder = await mkdtemp(join(tmpdir(), 'journal-bench-'));
const historian = new Historian({ folder, clock: systemClock });
const options = {
  folder,
  clock: systemClock,
  snapshotEvery: SNAPSHOT_EVERY,
  onTrouble: (trouble: unknown) => process.stderr.write(`${JSON.stringify(trouble)}\n`),
  compact: (job: Parameters<Historian['compact']>[0]) => historian.compact(job),
};
try {
  const opened = await openJournal(options);
  const { journal, engine } = opened;
  const give = (command: Command): void => {
    const at = systemClock.now();
    journal.append(at, command);
    engine.apply(at, command);
  };
  give(configure);
  for (let n = 0; n < waiting; n++) give(enqueue(n));
  await journal.flush();
  await journal.compacted();
  const from = systemClock.now();
  const longestCommandMs = await load(opened, waiting);
  await journal.flush();
  const [compactionMs] = await timed(() => journal.compacted());
  const [inPlaceMs, bytes] = await timed(async () => engine.serialize());
  const last = callId(`call-${waiting + (commands >> 1) - 1}`);
  const [firstWhyMs] = await timed(() => historian.explain({ callId: last, from }));
  const [whyMs] = await timed(() => historian.explain({ callId: last, from: systemClock.now() }));
  await journal.close();
  const [restartMs, again] = await timed(() => openJournal(options));
  const same = again.engine.serialize() === engine.serialize();
  await again.journal.close();
  const result = {
    bench: 'journal',
    node: process.version,
    waiting,
    agents,
    commands,
    snapshotBytes: bytes.length,
    longestCommandMs,
    snapshotInPlaceMs: inPlaceMs,
    lastCompactionStillTookMs: compactionMs,
    whyFirstMs: firstWhyMs,
    whyMs,
    restartMs,
    commandsReplayed: again.commandsReplayed,
    same,
    folderBytes: (await stat(folder)).size,
  };
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
} finally {
  await historian.close();
  await rm(folder, { recursive: true });
}
