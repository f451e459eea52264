import type { CallbackRefusal, FlowEffect, FlowEvent } from '../../ivr/vocabulary.ts';
import { optional } from '../../lib/optional.ts';
import { type CallbackId, type CallId, callbackId } from '../../model/ids.ts';
import { PRIORITY_DEFAULT } from '../../model/queue.ts';
import { type CallSession, isWaiting } from '../call-session.ts';
import { giveUpPlace } from '../leaving-line.ts';
import type { Callbacks } from '../outbound/callbacks.ts';
import type { Talks } from '../talk/talks.ts';
import type { World } from '../world.ts';
import { ringableNumber } from './ringable-number.ts';
import { FlowTransfers } from './transfers.ts';

type Of<Type extends FlowEffect['type']> = Extract<FlowEffect, { type: Type }>;

/** What flows ask for beyond the conversation itself: to be rung back, to be connected, to be heard. */
export class FlowAfter {
  readonly #world: World;
  readonly #callbacks: Callbacks;
  readonly #transfers: FlowTransfers;
  readonly #tell: (id: CallId, event: FlowEvent) => void;

  constructor(
    world: World,
    callbacks: Callbacks,
    talks: Talks,
    tell: (id: CallId, event: FlowEvent) => void,
  ) {
    this.#world = world;
    this.#callbacks = callbacks;
    this.#tell = tell;
    this.#transfers = new FlowTransfers(world, talks, tell);
  }

  /** What cannot be done while waiting: the caller gives the place up. */
  leaveQueue(session: CallSession): void {
    if (isWaiting(session)) giveUpPlace(this.#world, session);
  }

  callback(session: CallSession, effect: Of<'callback'>): void {
    const refusal = this.#promise(session, effect);
    const answer: FlowEvent = refusal
      ? { type: 'callbackRefused', why: refusal }
      : { type: 'callbackMade' };
    this.#later(session, answer);
  }

  /** The engine keeps the place of who waits; who does not wait yet stands where somebody stands who comes then. */
  #promise(
    session: CallSession,
    { queueId, number, at }: Of<'callback'>,
  ): CallbackRefusal | undefined {
    const { command, clock, history, log, outbound } = this.#world;
    // No other number would help.
    if (!outbound.canDial) return 'refused';
    const ring = ringableNumber(this.#world, session, number);
    if (ring === undefined) return 'number';
    if (!outbound.allows({ kind: 'number', number: ring })) {
      log.warn({ callId: session.id, pii: { number: ring } }, 'No call back to that number');
      return 'notAllowed';
    }
    const id = nextId(this.#world, session);
    const before = session.callbackId;
    this.#callbacks.promise(id, session, ring);
    const reply =
      session.stage === 'queued'
        ? command({
            type: 'callback.request',
            callbackId: id,
            callId: session.id,
            callerKey: ring,
            ...optional('at', at),
          })
        : command({
            type: 'callback.schedule',
            callbackId: id,
            queueId,
            callerKey: ring,
            at: at ?? clock.now(),
            priority: session.demand?.priority ?? PRIORITY_DEFAULT,
            requiredSkills: session.demand?.requiredSkills ?? {},
            ...optional('preferredAgentId', session.context.lastAgentId),
          });
    if (reply.ok) {
      session.leftAs = 'callback';
      return undefined;
    }
    this.#callbacks.refused(id);
    session.callbackId = before;
    history.record(session, 'callback.refused', { code: reply.code });
    return 'refused';
  }

  transfer(session: CallSession, effect: Of<'transfer'>): void {
    this.#transfers.begin(session, effect);
  }

  // ---- Survey ----------------------------------------------------------------------------------------------

  survey(session: CallSession, { question, score }: Of<'surveyAnswer'>): void {
    session.survey = { ...session.survey, [question]: score };
    this.#world.history.stage(session, 'survey.answered', { question, score });
  }

  #later({ id }: CallSession, event: FlowEvent): void {
    this.#world.inbox.post(() => this.#tell(id, event));
  }
}

/** Whoever asks again, for another number or from the line once more, has a promise of its own. */
function nextId({ engine }: World, { id }: CallSession): CallbackId {
  let next = callbackId(`cb-${id}`);
  for (let n = 2; engine.callback(next); n++) next = callbackId(`cb-${id}-${n}`);
  return next;
}
