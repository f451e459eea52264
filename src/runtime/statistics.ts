import type { EpochMs } from '../lib/clock.ts';
import type { AgentStateKind } from '../model/agent.ts';
import type { QueueId } from '../model/ids.ts';
import type { QueueStatistics, QueueToday } from './ports/feed.ts';
import type { AgentView, QueueView } from './ports/index.ts';

/** The figures of this moment, for whoever looks on. A step per agent and queue. */
export function statisticsOf(
  agents: Iterable<AgentView>,
  queues: readonly QueueView[],
  todayOf: (id: QueueId) => QueueToday,
  now: EpochMs,
): readonly QueueStatistics[] {
  const states = new Map<QueueId, Record<AgentStateKind, number>>();
  for (const agent of agents) {
    for (const id of agent.queueIds ?? []) {
      const counts = states.get(id) ?? nobody();
      counts[agent.state.kind] += 1;
      states.set(id, counts);
    }
  }
  return queues.map((queue) => ({
    ...figuresOf(queue, now),
    agents: states.get(queue.id) ?? nobody(),
    today: { ...todayOf(queue.id) },
  }));
}

const nobody = (): Record<AgentStateKind, number> => ({
  offline: 0,
  ready: 0,
  notReady: 0,
  offered: 0,
  talking: 0,
  wrapUp: 0,
});

function figuresOf(queue: QueueView, now: EpochMs) {
  const { id, name, waiting, offered, talking, oldestSince, serviceLevel, ewt } = queue;
  return {
    id,
    name,
    waiting,
    ringing: offered,
    talking,
    ...(oldestSince === undefined ? {} : { longestWaitMs: now - oldestSince }),
    ...(serviceLevel === undefined ? {} : { serviceLevel }),
    ...(ewt === undefined ? {} : { ewt }),
  };
}
