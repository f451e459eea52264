import type { AgentConfig } from '../../../src/model/agent.ts';
import { agentId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../src/model/queue.ts';
import type { Random } from '../random.ts';
import type { Scenario } from './office.ts';

const MINUTE_MS = 60_000;
const TALK_MS = 120_000;
const WRAP_UP_MS = 10_000;
/** With ringing, what a call keeps an agent busy for. */
const HANDLE_MS = TALK_MS + WRAP_UP_MS + 4_000;

const queue = (id: string): QueueConfig => ({
  ...QUEUE_DEFAULTS,
  id: queueId(id),
  name: id,
  ringTimeoutMs: 600_000,
  wrapUpMs: WRAP_UP_MS,
  handleTimeMs: 100_000,
  waitMsMax: 86_400_000,
});

const agent = (n: number, queues: readonly string[]): AgentConfig => ({
  id: agentId(`a${n}`),
  name: `Agent ${n}`,
  extension: String(n),
  skills: {},
  queueIds: queues.map(queueId),
});

const agents = (count: number, queues: readonly string[] = ['v'], from = 0): AgentConfig[] =>
  Array.from({ length: count }, (_, n) => agent(from + n, queues));

const exponential = (random: Random): number => random.around(TALK_MS);

/** Most real handle times: Brown et al., Statistical analysis of a telephone call center, JASA 100 (2005) 36-50. */
function lognormal(random: Random, spread = 0.7): number {
  const normal =
    Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  return TALK_MS * Math.exp(spread * normal - (spread * spread) / 2);
}

/** So busy that most have to wait: the arrivals fill `load` of the agents' time. */
const filling = (load: number, count: number) => (): number => HANDLE_MS / (load * count);

const plain: Omit<Scenario, 'name' | 'agents' | 'arrivalMs'> = {
  queues: [queue('v')],
  together: () => 1,
  queueOf: () => queueId('v'),
  priorityOf: () => 5,
  talkMs: exponential,
};

const BUSY = 0.94;

export const SCENARIOS: readonly Scenario[] = [
  { ...plain, name: 'exponential', agents: agents(10), arrivalMs: filling(BUSY, 10) },
  {
    ...plain,
    name: 'lognormal',
    agents: agents(10),
    arrivalMs: filling(BUSY, 10),
    talkMs: lognormal,
  },
  {
    ...plain,
    name: 'few agents',
    agents: agents(3),
    arrivalMs: filling(0.9, 3),
    talkMs: lognormal,
  },
  {
    ...plain,
    name: 'many agents',
    agents: agents(40),
    arrivalMs: filling(0.97, 40),
    talkMs: lognormal,
  },
  {
    ...plain,
    name: 'bursts',
    agents: agents(10),
    // A tenth of the arrivals are a crowd of ten to twenty.
    arrivalMs: () => (HANDLE_MS / (0.85 * 10)) * 2.4,
    together: (random) => (random.chance(0.1) ? random.between(10, 20) : 1),
  },
  {
    ...plain,
    name: 'waves',
    agents: agents(10),
    arrivalMs: (at) =>
      HANDLE_MS / (0.85 * 10) / (1 + 0.5 * Math.sin((2 * Math.PI * at) / (60 * MINUTE_MS))),
    talkMs: lognormal,
  },
  {
    ...plain,
    name: 'impatience',
    agents: agents(10),
    arrivalMs: filling(1.4, 10),
    patienceMs: 5 * MINUTE_MS,
  },
  {
    ...plain,
    name: 'breaks',
    agents: agents(12),
    arrivalMs: filling(0.92, 10),
    breaks: { everyMs: 50 * MINUTE_MS, lastMs: 10 * MINUTE_MS },
  },
  {
    ...plain,
    name: 'priorities',
    agents: agents(10),
    arrivalMs: filling(BUSY, 10),
    priorityOf: (random) => random.pick([5, 5, 5, 5, 5, 5, 5, 8, 8, 3]),
  },
  {
    ...plain,
    name: 'shared agents',
    queues: [queue('v'), queue('s'), queue('f')],
    agents: [
      ...agents(4, ['v']),
      ...agents(4, ['v', 's'], 4),
      ...agents(3, ['s', 'f'], 8),
      ...agents(2, ['v', 's', 'f'], 11),
    ],
    arrivalMs: filling(BUSY, 13),
    talkMs: lognormal,
    queueOf: (random) => queueId(random.pick(['v', 'v', 'v', 's', 's', 's', 'f'])),
  },
  {
    ...plain,
    name: 'everything',
    queues: [queue('v'), queue('s')],
    agents: [...agents(5, ['v']), ...agents(5, ['v', 's'], 5), ...agents(4, ['s'], 10)],
    arrivalMs: (at) =>
      HANDLE_MS / (0.95 * 11.5) / (1 + 0.3 * Math.sin((2 * Math.PI * at) / (90 * MINUTE_MS))),
    together: (random) => (random.chance(0.01) ? random.between(5, 15) : 1),
    talkMs: lognormal,
    queueOf: (random) => queueId(random.pick(['v', 's'])),
    priorityOf: (random) => random.pick([5, 5, 5, 5, 5, 5, 8, 8, 3]),
    patienceMs: 8 * MINUTE_MS,
    breaks: { everyMs: 50 * MINUTE_MS, lastMs: 10 * MINUTE_MS },
  },
];
