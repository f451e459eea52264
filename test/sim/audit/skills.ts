import type { QueueConfig } from '../../../src/model/queue.ts';
import type { AuditedAgent, AuditedCall, Model } from './model.ts';
import type { MakeRule } from './rule.ts';

/** R13: what queue and call ask for, as softened as it is by now. A skill that both name is there twice. */
export function askedFor(
  now: number,
  queue: QueueConfig,
  call: AuditedCall,
): readonly (readonly [name: string, level: number])[] {
  const steps = queue.relaxation.filter(({ afterMs }) => call.joinedAt + afterMs <= now);
  const dropped = new Set(steps.flatMap(({ dropSkills = [] }) => dropSkills));
  return [...Object.entries(queue.requiredSkills), ...Object.entries(call.skills)]
    .filter(([name]) => !dropped.has(name))
    .map(([name, asked]) => [
      name,
      steps.reduce((level, { lowerLevels = 0 }) => Math.max(1, level - lowerLevels), asked),
    ]);
}

/** R3: whether the agent lacks a skill that is asked for. */
export function lacks(now: number, model: Model, agent: AuditedAgent, call: AuditedCall): boolean {
  const queue = model.queues.get(call.queueId);
  if (!queue) return true;
  return askedFor(now, queue, call).some(
    ([name, level]) => (agent.config.skills[name] ?? 0) < level,
  );
}

/** Who belongs to the queue, or to a group it has been widened to, and holds what it and the call require. */
export const skills: MakeRule = (model) => ({
  allows(now, agent, call) {
    const queue = model.queues.get(call.queueId);
    if (!queue || lacks(now, model, agent, call)) return false;
    if (agent.config.queueIds.includes(queue.id)) return true;
    const { groupIds = [] } = agent.config;
    return queue.relaxation.some(
      ({ afterMs, addGroups = [] }) =>
        call.joinedAt + afterMs <= now && addGroups.some((group) => groupIds.includes(group)),
    );
  },
});
