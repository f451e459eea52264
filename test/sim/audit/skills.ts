import type { AuditedAgent, AuditedCall, Model } from './model.ts';
import type { MakeRule } from './rule.ts';

/** R3, R13: whether the agent lacks a skill that queue and call ask for, as softened as it is by now. */
export function lacks(now: number, model: Model, agent: AuditedAgent, call: AuditedCall): boolean {
  const queue = model.queues.get(call.queueId);
  if (!queue) return true;
  const steps = queue.relaxation.filter(({ afterMs }) => call.joinedAt + afterMs <= now);
  const dropped = new Set(steps.flatMap(({ dropSkills = [] }) => dropSkills));
  return [...Object.entries(queue.requiredSkills), ...Object.entries(call.skills)].some(
    ([name, asked]) => {
      if (dropped.has(name)) return false;
      const level = steps.reduce((so, { lowerLevels = 0 }) => Math.max(1, so - lowerLevels), asked);
      return (agent.config.skills[name] ?? 0) < level;
    },
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
