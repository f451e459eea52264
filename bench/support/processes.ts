import { readdirSync, readFileSync } from 'node:fs';

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

/** Processes of this machine by the name of their program: for an external switch. */
export function pidsOf(program: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandOf(pid) === program)
    .map(Number);
}

function commandOf(pid: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
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
