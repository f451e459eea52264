import type { AgentConfig } from '../../../src/model/agent.ts';
import type { Configuration, MakePart } from './part.ts';

/** Agents' queues that are gone are taken from them. */
function withoutGoneQueues({ queues, agents }: Configuration): Configuration {
  const known = new Set<string>(queues.map(({ id }) => id));
  const mended = (agent: AgentConfig): AgentConfig => ({
    ...agent,
    queueIds: agent.queueIds.filter((id) => known.has(id)),
  });
  return { queues, agents: agents.map(mended) };
}

/** The queues' figures, who belongs where, and an administrator who changes both during the day. */
export const setup: MakePart = (stage, random) => ({
  queueTraits: () => ({
    ringTimeoutMs: random.pick([3_000, 10_000, 20_000]),
    wrapUpMs: random.pick([0, 2_000, 10_000]),
    priorityLevelMs: random.pick([0, 10_000, 60_000]),
    waitMsMax: random.pick([20_000, 120_000, 900_000]),
    lengthMax: random.pick([8, 50, 10_000]),
    missesMax: random.between(1, 3),
    rejectDelayMs: random.pick([0, 5_000, 20_000]),
  }),

  agentTraits: () => ({
    queueIds: stage.queues.map(({ id }) => id).filter(() => random.chance(0.6)),
  }),

  mend: withoutGoneQueues,

  upheaval() {
    const n = random.between(0, 5);
    const others = stage.queues.filter(({ id }) => id !== `q${n}`);
    const drop = random.chance(0.5) && others.length > 0;
    const queues = drop ? others : [...others, stage.makeQueue(n)];
    const m = random.between(0, 15);
    const rest = stage.agents.filter(({ id }) => id !== `a${m}`);
    const leaves = random.chance(0.4) && rest.length > 2;
    const agents = leaves ? rest : [...rest, stage.makeAgent(m)];
    return stage.configure({ queues, agents });
  },
});
