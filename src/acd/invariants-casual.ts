import { NEVER } from './deadlines.ts';
import { boundaryOf, type Ledger } from './ledger-state.ts';
import type { Floor, Queue } from './state.ts';

/** I6 nothing is overspent: what is spent and reserved is within the limits that hold, and each call is named. */
export function ledgerProblems(floor: Floor, ledger: Ledger): readonly string[] {
  const { agentId, month, day, calls } = ledger;
  const dueAt = floor.deadlines.of(ledger);
  const problems: string[] = [];
  if (dueAt <= floor.now || dueAt > boundaryOf(ledger)) {
    problems.push(`I2 the ledger of ${agentId} is past a boundary.`);
  }
  if (calls.length !== Math.min(month.spent, 1_000)) {
    problems.push(`I6 agent ${agentId} spent ${month.spent} on ${calls.length} calls.`);
  }
  if (day.spent < 0 || (day.label.startsWith(month.label) && day.spent > month.spent)) {
    problems.push(
      `I6 agent ${agentId} spent ${day.spent} in a day and ${month.spent} in its month.`,
    );
  }
  return problems;
}

/** I6 a gate is weighed again while somebody waits before it or may help, and is closed where nobody could. */
export function gateProblems(floor: Floor, { id, gate, inLine }: Queue): readonly string[] {
  const dueAt = floor.deadlines.of(gate);
  const problems: string[] = [];
  if (dueAt <= floor.now) problems.push(`I2 the gate of ${id} is past a deadline.`);
  const isWatched = gate.helpers.length > 0 && (gate.open || inLine.size > 0);
  if (isWatched !== (dueAt !== NEVER)) problems.push(`I6 the gate of ${id} is not watched.`);
  if (gate.open && gate.helpers.length === 0) problems.push(`I6 the gate of ${id} has no helpers.`);
  return problems;
}
