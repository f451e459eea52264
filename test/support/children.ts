import { readFileSync } from 'node:fs';

/** The process that this one has started with that in its command line, as Linux tells (proc(5)). */
export function childRunning(what: string): number {
  const { pid } = process;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const found = children.filter((id) => readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(what));
  if (found.length !== 1) throw new Error(`${found.length} processes run ${what}`);
  return Number(found[0]);
}
