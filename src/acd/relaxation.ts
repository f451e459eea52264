import type { EpochMs } from '../lib/clock.ts';
import type { Skills } from '../model/agent.ts';
import type { QueueConfig, RelaxationStep } from '../model/queue.ts';
import { NEVER } from './deadlines.ts';
import type { Call, Floor, Queue } from './state.ts';

/** How many steps of its queue's relaxation the call has come to: a question of the clock alone (rule R13). */
export function stepsTaken(floor: Floor, { queue, joinedAt }: Call): number {
  const { relaxation } = queue.config;
  let steps = 0;
  for (const { afterMs } of relaxation) {
    if (joinedAt + afterMs > floor.now) break;
    steps++;
  }
  return steps;
}

/** When others may have the call, or more of them: by relaxation, or by the end of the wait for one agent. */
export function softensAt(floor: Floor, call: Call): EpochMs {
  const nextStep = nextStepAt(floor, call);
  return call.preferredUntil === 0 ? nextStep : Math.min(nextStep, call.preferredUntil);
}

function nextStepAt(floor: Floor, call: Call): EpochMs {
  const { relaxation } = call.queue.config;
  if (relaxation.length === 0) return NEVER;
  const step = relaxation[stepsTaken(floor, call)];
  return step === undefined ? NEVER : call.joinedAt + step.afterMs;
}

/** What queue and call ask for together, of each skill the higher level, after so many steps. */
export function demandsAfter(
  { requiredSkills, relaxation }: QueueConfig,
  call: Skills,
  steps: number,
): ReadonlyMap<string, number> {
  const demands = new Map(Object.entries(requiredSkills));
  for (const [name, level] of Object.entries(call)) {
    demands.set(name, Math.max(demands.get(name) ?? 0, level));
  }
  for (const step of relaxation.slice(0, steps)) soften(demands, step);
  return demands;
}

/** The groups to which a call of the queue is open after so many steps. */
export const groupsAfter = ({ relaxation }: QueueConfig, steps: number): readonly string[] =>
  relaxation.slice(0, steps).flatMap(({ addGroups = [] }) => addGroups);

/** Every group to which the queue may ever be widened. */
export const widensTo = ({ config }: Queue): readonly string[] =>
  groupsAfter(config, config.relaxation.length);

function soften(
  demands: Map<string, number>,
  { lowerLevels = 0, dropSkills = [] }: RelaxationStep,
) {
  for (const name of dropSkills) demands.delete(name);
  for (const [name, level] of demands) demands.set(name, Math.max(1, level - lowerLevels));
}
