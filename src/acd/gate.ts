import { UNTIMED } from './deadlines.ts';
import type { Floor, Queue } from './state.ts';

/** Whatever touches a queue that casual agents belong to has their need weighed before the command is over. */
export function touchGate(floor: Floor, { gate }: Queue): void {
  // Without helpers nothing is to be weighed, once it is closed and watched no longer.
  const isIdle = gate.helpers.length === 0 && !gate.open && gate.timer === UNTIMED;
  if (gate.touched || isIdle) return;
  gate.touched = true;
  floor.touchedGates.push(gate);
}
