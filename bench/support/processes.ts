import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Linux counts CPU in hundredths of a second for every reader of /proc (USER_HZ). */
const MS_PER_TICK = 10;
const PAGE_KB = 4;

/** CPU milliseconds that a process has used, all its threads together, or undefined when it is gone. */
export function cpuMs(pid: number): number | undefined {
  const fields = statOf(pid);
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Resident memory in kilobytes. */
export function residentKb(pid: number): number | undefined {
  const fields = statOf(pid);
  return fields && Number(fields[21]) * PAGE_KB;
}

/** The fields of /proc/<pid>/stat after the name, which may itself hold blanks (proc(5)). */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** Who on this machine listens on that TCP port: for an external switch. Undefined: nobody here. */
export function pidListeningOn(port: number): number | undefined {
  const inode = listeningInode(port);
  if (inode === undefined) return undefined;
  const socket = `socket:[${inode}]`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = pids.find((candidate) => hasOpen(candidate, socket));
  return pid === undefined ? undefined : Number(pid);
}

/** A line of /proc/net/tcp: `sl local:PORT remote state … inode`; state 0A is LISTEN (proc(5)). */
function listeningInode(port: number): string | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, , state]) => local?.endsWith(wanted) && state === '0A')?.[9];
}

function hasOpen(pid: string, target: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === target);
  } catch {
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whose CPU is told apart. */
export type Named = ReadonlyMap<string, number>;

/** Measures what each process uses from now until it is asked. */
export function watchCpu(processes: Named): () => Record<string, number> {
  const before = new Map([...processes].map(([name, pid]) => [name, cpuMs(pid) ?? 0]));
  return () =>
    Object.fromEntries(
      [...processes].map(([name, pid]) => [name, (cpuMs(pid) ?? 0) - (before.get(name) ?? 0)]),
    );
}

/**
 * Measures, from now until it is asked, what this process and all that descend from it use, by the name that `nameOf`
 * makes of a command line; how busy the machine was with whatever it does (`machine`); and what it did not have because
 * other machines of the same host had it (`stolen`). In CPU milliseconds.
 */
export function watchFamily(nameOf: (commandLine: string) => string): () => Record<string, number> {
  const before = familyCpu();
  const machineBefore = machineMs();
  return () => {
    const used: Record<string, number> = {};
    for (const [pid, ms] of familyCpu()) {
      const name = pid === process.pid ? 'bench' : nameOf(commandLineOf(pid));
      used[name] = (used[name] ?? 0) + ms - (before.get(pid) ?? 0);
    }
    const { busy, stolen } = machineMs();
    return { ...used, machine: busy - machineBefore.busy, stolen: stolen - machineBefore.stolen };
  };
}

/** This process and all that descend from it. */
export function familyPids(): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? statOf(Number(name))?.[1] : undefined;
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid === process.pid || (pid !== undefined && pid > 1 && isOurs(parents.get(pid)));
  return [...parents.keys()].filter(isOurs);
}

const familyCpu = (): ReadonlyMap<number, number> =>
  new Map(familyPids().map((pid) => [pid, cpuMs(pid) ?? 0]));

export function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

/** The first line of /proc/stat: `cpu user nice system idle iowait irq softirq steal …` (proc(5)). */
function machineMs(): { readonly busy: number; readonly stolen: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, stolen = 0] = line
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) * MS_PER_TICK);
  return { busy: user + nice + system + irq + softirq, stolen };
}
