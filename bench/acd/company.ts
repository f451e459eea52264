import type { Command } from '../../src/acd/commands.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import type { AgentConfig, Skills } from '../../src/model/agent.ts';
import { agentId, type CallId, callId, type QueueId, queueId } from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../src/model/queue.ts';

export interface Load {
  readonly skills: number;
  readonly agents: number;
  readonly waiting: number;
}

type Enqueue = Extract<Command, { type: 'call.enqueue' }>;

const QUEUES = 20;
const SKILLS_HELD_SHARE = 0.2;

// Callers bring names that are the configuration's own strings, as flows do.
const QUEUE_NAMES = Array.from({ length: QUEUES }, (_, n) => queueId(`queue-${n}`));
const SKILL_NAMES = Array.from({ length: 1_000 }, (_, n) => `skill-${n}`);
const queueName = (n: number) => QUEUE_NAMES[n % QUEUES] as QueueId;
const skillName = (n: number, skills: number) => SKILL_NAMES[n % skills] as string;

export const queues: readonly QueueConfig[] = Array.from({ length: QUEUES }, (_, n) => ({
  ...QUEUE_DEFAULTS,
  id: queueName(n),
  name: `Queue ${n}`,
  lengthMax: 1_000_000,
  // The bench answers every offer, but with thousands of phones not at once.
  ringTimeoutMs: 600_000,
  waitMsMax: DAY_MS,
  // What falls due is no decision: the bench measures commands.
  announceFirstMs: DAY_MS,
}));

/** Every agent serves three queues and holds a fifth of the skills, on levels 1 to 10. */
export const agents = ({ agents: count, skills }: Load): readonly AgentConfig[] =>
  Array.from({ length: count }, (_, n) => ({
    id: agentId(`agent-${n}`),
    name: `Agent ${n}`,
    extension: String(n),
    skills: heldBy(n, skills),
    queueIds: [...new Set([queueName(n), queueName(n + 7), queueName(n + 13)])],
  }));

/** Half of the callers ask for a skill besides, every ninth has a higher priority. */
export const arrival = (n: number, { skills }: Load): Enqueue => ({
  type: 'call.enqueue',
  callId: lookedUp(callId(uuid(n))),
  queueId: queueName(n * 7),
  priority: n % 9 === 0 ? 8 : 5,
  requiredSkills: n % 2 === 0 ? { [skillName(n >> 1, skills)]: 1 + (n % 4) } : {},
});

const house = new Set<CallId>();

/** The house keeps its calls by their ids: the engine is not the first to ask where such a string stands in a table. */
function lookedUp(id: CallId): CallId {
  house.has(id);
  return id;
}

const letters = Buffer.from('5f2c9b1e-4d3a-5f2c-9b1e-4d3a00000000');
const DIGITS = 8;

/**
 * In one piece, as `randomUUID` gives them: what is put together from pieces is joined when it is first looked up. And
 * with no garbage but the id, which would be collected in the engine's time.
 */
function uuid(n: number): string {
  letters.write(n.toString(16).padStart(DIGITS, '0'), letters.length - DIGITS, 'latin1');
  return letters.toString('latin1');
}

function heldBy(n: number, skills: number): Skills {
  const held = Math.round(skills * SKILLS_HELD_SHARE);
  const names = Array.from({ length: held }, (_, s) => skillName(n * 31 + s * 7, skills));
  return Object.fromEntries(names.map((name, s) => [name, 1 + ((n + s) % 10)]));
}
