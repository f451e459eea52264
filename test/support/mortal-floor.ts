import type { Command } from '../../src/acd/commands.ts';
import type { Engine } from '../../src/acd/engine.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import { agentId, callId, queueId } from '../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../src/model/queue.ts';
import { Random } from '../sim/random.ts';

/** A day that a number and the engine's own state decide: whoever has the engine knows how it goes on. */
export const START = 1_700_000_000_000;
export const STEP_MS = 500;
const AGENTS = 24;
const QUEUES = ['ventas', 'soporte', 'facturas'].map(queueId);

const CONFIGURATION: Command = {
  type: 'configure',
  queues: QUEUES.map((id, n) => ({
    ...QUEUE_DEFAULTS,
    id,
    name: id,
    regainMs: 60_000,
    missesMax: 2,
    ...(n === 0 ? { requiredSkills: { ventas: 3 } } : {}),
  })),
  agents: Array.from({ length: AGENTS }, (_, n) => agentOf(n)),
};

function agentOf(n: number): AgentConfig {
  const id = agentId(`a${n}`);
  const queueIds = QUEUES.filter((_, index) => index !== n % 4);
  const casual = n % 5 === 0 ? { casual: { monthlyCap: 20 } } : {};
  return {
    id,
    name: id,
    extension: `${1_000 + n}`,
    skills: { ventas: n % 10 },
    queueIds,
    ...casual,
  };
}

/** The command of that step, and when it is given. */
export function commandOf(engine: Engine, n: number): { at: number; command: Command } {
  const at = START + n * STEP_MS;
  return { at, command: n === 0 ? CONFIGURATION : happening(engine, n, new Random(n)) };
}

function happening(engine: Engine, n: number, random: Random): Command {
  const agent = agentId(`a${random.between(0, AGENTS - 1)}`);
  const state = engine.agent(agent)?.state;
  if (random.chance(0.35)) return arrival(n, random);
  if (random.chance(0.1))
    return { type: 'call.abandon', callId: callId(`c${n - random.between(1, 40)}`) };
  switch (state?.kind) {
    case undefined:
    case 'offline':
      return { type: 'agent.signIn', agentId: agent };
    case 'offered':
      return random.chance(0.7)
        ? { type: 'offer.answered', offerId: state.offerId }
        : {
            type: 'offer.failed',
            offerId: state.offerId,
            cause: random.pick(['busy', 'rejected', 'noAnswer']),
          };
    case 'talking':
      return { type: 'call.ended', callId: state.callId };
    case 'wrapUp':
      return { type: 'agent.wrapUpDone', agentId: agent };
    case 'ready':
      return random.chance(0.3)
        ? { type: 'agent.notReady', agentId: agent, reason: 'pausa' }
        : { type: 'agent.reachable', agentId: agent, reachable: random.chance(0.9) };
    default:
      return random.chance(0.5)
        ? { type: 'agent.ready', agentId: agent }
        : { type: 'agent.reachable', agentId: agent, reachable: true };
  }
}

const arrival = (n: number, random: Random): Command => ({
  type: 'call.enqueue',
  callId: callId(`c${n}`),
  queueId: random.pick(QUEUES),
  priority: random.between(0, 10),
  requiredSkills: random.chance(0.2) ? { ventas: random.between(1, 9) } : {},
  callerKey: `+5255000${random.between(0, 200)}`,
});
