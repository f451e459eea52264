import { type CallbackId, type CallId, callbackId, type QueueId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

/** Callers who would rather be rung back, call backs agreed upon for a time, and customers who do not answer. */
export const callbacks: MakePart = (stage, random) => {
  let made = 0;
  const newTicket = (): CallbackId => callbackId(`t${++made}`);
  const someTicket = (): CallbackId => callbackId(`t${random.between(1, made + 1)}`);
  const number = () => `+3460000000${random.between(1, 12)}`;

  const ask = (now: number, callId: CallId): void =>
    stage.plan(now + random.around(8_000), () => {
      const id = newTicket();
      const at = random.chance(0.3) ? { at: now + random.around(60_000) } : {};
      const other = random.chance(0.3) ? { callerKey: number() } : {};
      const known = other.callerKey ?? stage.numbers.get(callId);
      if (known !== undefined) stage.promised.set(id, known);
      return { type: 'callback.request', callbackId: id, callId, ...at, ...other };
    });

  /** With an agent of the queue, as a rule. */
  const withWhom = (queueId: QueueId) => {
    const members = stage.agents.filter(({ queueIds }) => queueIds.includes(queueId));
    const wanted = members.length > 0 ? members : stage.agents;
    return random.chance(0.5) ? { preferredAgentId: random.pick(wanted).id } : {};
  };

  const agree = (now: number): void =>
    stage.plan(now, () => {
      const queueId = random.pick(stage.queues).id;
      const id = newTicket();
      const callerKey = number();
      stage.promised.set(id, callerKey);
      return {
        type: 'callback.schedule',
        callbackId: id,
        queueId,
        callerKey,
        at: now + random.around(120_000),
        priority: random.between(0, 10),
        requiredSkills: {},
        ...withWhom(queueId),
      };
    });

  const ring = (now: number, id: CallbackId): void => {
    const at = now + random.around(9_000);
    const luck = random.next();
    const cause = random.pick([
      'noAnswer',
      'busy',
      'agentLost',
      'noTrunk',
      'limit',
      'notAllowed',
    ] as const);
    // Whoever rang before the trunk gave way.
    const rang = luck > 0.85 ? ({ rang: true } as const) : {};
    if (luck < 0.6) stage.send(at, { type: 'callback.reached', callbackId: id });
    else if (luck < 0.9)
      stage.send(at, { type: 'callback.failed', callbackId: id, cause, ...rang });
    if (luck > 0.97) stage.plan(at, () => ({ type: 'callback.cancel', callbackId: id }));
  };

  return {
    queueTraits: () => ({
      callbackEnabled: random.chance(0.7),
      callbackAttemptsMax: random.between(1, 3),
      callbackRetryMs: random.pick([5_000, 60_000]),
      callbackExpireMs: random.pick([60_000, 600_000]),
      callbackDialMs: random.pick([5_000, 20_000]),
    }),
    react(now, change) {
      if (change.type === 'call.queued' && random.chance(0.15)) ask(now, change.callId);
      if (change.type === 'call.overflowed' && random.chance(0.3)) ask(now, change.callId);
      if (change.type === 'call.left' && random.chance(0.03)) agree(now);
      if (change.type === 'callback.dial') ring(now, change.callbackId);
      if (change.type === 'callback.ended' && change.outcome === 'reached' && change.callId) {
        const { callId } = change;
        stage.send(now + random.around(30_000), { type: 'call.ended', callId });
      }
      if (change.type === 'callback.made' && random.chance(0.1)) {
        const { callbackId: id } = change;
        stage.plan(now + random.around(20_000), () => ({
          type: 'callback.cancel',
          callbackId: id,
        }));
      }
    },
    nonsense: () => [
      { type: 'callback.cancel', callbackId: someTicket() },
      { type: 'callback.reached', callbackId: someTicket() },
      { type: 'callback.failed', callbackId: someTicket(), cause: 'busy' },
      { type: 'callback.request', callbackId: someTicket(), callId: stage.someCall() },
      { type: 'call.abandon', callId: someTicket() as string as CallId },
      { type: 'call.ended', callId: someTicket() as string as CallId },
    ],
  };
};
