import type { MakeRule } from './rule.ts';

/** Who belongs to the queue and holds what it and the call require. */
export const skills: MakeRule = (model) => ({
  allows(_now, agent, call) {
    const queue = model.queues.get(call.queueId);
    if (!queue || !agent.config.queueIds.includes(queue.id)) return false;
    const wanted = [...Object.entries(queue.requiredSkills), ...Object.entries(call.skills)];
    return wanted.every(([name, level]) => (agent.config.skills[name] ?? 0) >= level);
  },
});
