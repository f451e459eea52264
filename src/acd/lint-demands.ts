import type { AgentConfig, Skills } from '../model/agent.ts';
import type { QueueConfig } from '../model/queue.ts';
import { demandsAfter, groupsAfter } from './relaxation.ts';
import { holdsAll } from './skills.ts';

/** What a queue asks for from a moment of the wait on. */
export interface Stage {
  readonly afterMs: number;
  readonly skills: Skills;
  /** Whose agents may have the call beside the queue's own. */
  readonly groupIds: readonly string[];
}

/** When a rule of overflow has sent every caller on, to a queue that has room or out of them all; never: Infinity. */
export const sentOnAt = ({ overflow }: QueueConfig, where: 'queue' | 'exit'): number =>
  Math.min(
    Number.POSITIVE_INFINITY,
    ...overflow.flatMap((rule) => (rule.when === 'maxWait' && where in rule.to ? [rule.ms] : [])),
  );

/** The demands of the beginning, and those after each step of relaxation that callers come to (rules R13 and R14). */
export function stagesOf(queue: QueueConfig): readonly Stage[] {
  const goneAt = sentOnAt(queue, 'exit');
  const steps = queue.relaxation.map(({ afterMs }) => afterMs).filter((at) => at < goneAt);
  return [0, ...steps].map((afterMs, steps) => ({
    afterMs,
    skills: Object.fromEntries(demandsAfter(queue, {}, steps)),
    groupIds: groupsAfter(queue, steps),
  }));
}

export const meets = ({ skills }: AgentConfig, stage: Stage): boolean =>
  holdsAll(skills, Object.entries(stage.skills));

/** Whose own limits leave room for no call at all. */
export const isSpent = ({ casual, dailyCallsMax }: AgentConfig): boolean =>
  casual?.monthlyCap === 0 || dailyCallsMax === 0;
