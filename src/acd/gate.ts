import type { Floor, Queue } from './state.ts';

/** Whatever touches a queue that casual agents belong to has their need weighed before the command is over. */
export function touchGate(floor: Floor, { gate }: Queue): void {
  if (gate.touched || (gate.helpers.length === 0 && !gate.open)) return;
  gate.touched = true;
  floor.touchedGates.push(gate);
}
