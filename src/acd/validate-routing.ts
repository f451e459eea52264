import type { AgentConfig } from '../model/agent.ts';
import { type QueueConfig, RELAXATION_STEPS_MAX, type RelaxationStep } from '../model/queue.ts';
import { rangeProblems } from './within.ts';

const LEVELS_LOWERED_MAX = 9;
const NAMES_MAX = 100;

/** Steps follow each other in time, each before the caller's time is up, and each changes something (rule R15). */
export function relaxationProblems({ relaxation, waitMsMax }: QueueConfig): readonly string[] {
  if (relaxation.length > RELAXATION_STEPS_MAX) {
    return [`relaxation has ${relaxation.length} steps, not at most ${RELAXATION_STEPS_MAX}.`];
  }
  return relaxation.flatMap((step, n) => {
    const before = relaxation[n - 1]?.afterMs ?? -1;
    return stepProblems(step, before + 1, waitMsMax - 1).map(
      (problem) => `relaxation step ${n + 1}: ${problem}`,
    );
  });
}

export function groupProblems({ groupIds = [] }: AgentConfig): readonly string[] {
  if (groupIds.length > NAMES_MAX) return [`groupIds are more than ${NAMES_MAX}.`];
  return groupIds.includes('') ? ['a group has no name.'] : [];
}

function stepProblems(step: RelaxationStep, from: number, to: number): readonly string[] {
  const { afterMs, lowerLevels = 0, dropSkills = [], addGroups = [] } = step;
  const problems = [
    ...rangeProblems('afterMs', afterMs, from, to),
    ...rangeProblems('lowerLevels', lowerLevels, 0, LEVELS_LOWERED_MAX),
  ];
  if (lowerLevels === 0 && dropSkills.length === 0 && addGroups.length === 0) {
    problems.push('it changes nothing.');
  }
  if (dropSkills.length > NAMES_MAX || addGroups.length > NAMES_MAX) {
    problems.push(`it names more than ${NAMES_MAX}.`);
  }
  return problems;
}
