import { readFileSync } from 'node:fs';

/** Ticks of all processors so far: what was worked, and what the host gave to others instead (proc(5), /proc/stat). */
function ticks() {
  try {
    const [first] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
    const [user, nice, system, , , irq, softirq, steal] = first.split(/\s+/).slice(1).map(Number);
    return { worked: user + nice + system + irq + softirq, stolen: steal ?? 0 };
  } catch {
    return { worked: 0, stolen: 0 };
  }
}

/** Begins to measure; what it returns tells which share (0 to 1) of the processors that we wanted was not given to us since. */
export function watchTheHost() {
  const before = ticks();
  return () => {
    const now = ticks();
    const stolen = now.stolen - before.stolen;
    const wanted = now.worked - before.worked + stolen;
    return wanted > 0 ? stolen / wanted : 0;
  };
}
