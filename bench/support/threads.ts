import { readdirSync, readFileSync } from 'node:fs';
import { commandLineOf, familyPids } from './processes.ts';

/** Percent of one processor: what a thread had of it, and how long it was ready to run and had none. */
export interface ThreadShare {
  readonly cpu: number;
  readonly waits: number;
}

interface Times {
  readonly name: string;
  readonly ranMs: number;
  readonly waitedMs: number;
}

/**
 * From now until it is asked, what each thread of this process and of all that descend from it had of the processors. A
 * process' first thread goes by the name that `nameOf` makes of its command line; others, which are named or help it, by
 * theirs behind that. Those of one name are added up, but for the named ones of one process: the second is told apart.
 */
export function watchThreads(
  nameOf: (commandLine: string) => string,
): () => Record<string, ThreadShare> {
  const before = familyThreads(nameOf);
  const startedAt = performance.now();
  return () => {
    const wholeMs = performance.now() - startedAt;
    const shares: Record<string, ThreadShare> = {};
    for (const [tid, { name, ranMs, waitedMs }] of familyThreads(nameOf)) {
      const was = before.get(tid) ?? { ranMs: 0, waitedMs: 0 };
      const { cpu, waits } = shares[name] ?? { cpu: 0, waits: 0 };
      const percent = (ms: number) => (100 * ms) / wholeMs;
      shares[name] = {
        cpu: cpu + percent(ranMs - was.ranMs),
        waits: waits + percent(waitedMs - was.waitedMs),
      };
    }
    return Object.fromEntries(
      Object.entries(shares)
        .map(([name, share]) => [name, rounded(share)] as const)
        .filter(([, { cpu, waits }]) => cpu + waits > 0)
        .sort(([, a], [, b]) => b.cpu - a.cpu),
    );
  };
}

const rounded = ({ cpu, waits }: ThreadShare): ThreadShare => ({
  cpu: Math.round(cpu),
  waits: Math.round(waits),
});

function familyThreads(nameOf: (commandLine: string) => string): ReadonlyMap<number, Times> {
  const threads = new Map<number, Times>();
  for (const pid of familyPids()) {
    const program = pid === process.pid ? 'bench' : nameOf(commandLineOf(pid));
    const seen = new Map<string, number>();
    const first = read(`/proc/${pid}/comm`);
    for (const tid of tasksOf(pid)) {
      const times = read(`/proc/${pid}/task/${tid}/schedstat`).split(' ').map(Number);
      const own = read(`/proc/${pid}/task/${tid}/comm`);
      const [ranNs = 0, waitedNs = 0] = times;
      const name = tid === pid ? program : `${program}: ${own === first ? 'helpers' : nth(own)}`;
      threads.set(tid, { name, ranMs: ranNs / 1e6, waitedMs: waitedNs / 1e6 });
    }
    function nth(name: string): string {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count === 1 ? name : `${name} ${count}`;
    }
  }
  return threads;
}

/** In the order in which they began. */
function tasksOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Nothing, when it is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
