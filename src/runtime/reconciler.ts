import type { EngineCallView } from '../acd/views.ts';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { CallId, OfferId } from '../model/ids.ts';
import type { CallSession } from './call-session.ts';
import type { AgentLeg, CallerLeg, Repair } from './ports/index.ts';

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Runs an input of its own. */
  post(work: () => void): void;
  /** After each round. */
  looked(): void;
  sessions(): Iterable<CallSession>;
  engineCalls(): readonly EngineCallView[];
  hasSession(id: CallId): boolean;
  /** Undefined: nobody can say. */
  isAlive(leg: CallerLeg | AgentLeg): boolean | undefined;
  /** Callers' legs that telephony has. */
  callerLegs(): readonly CallId[];
  callerGone(session: CallSession): void;
  agentGone(offerId: OfferId): void;
  /** Somebody who had been brought into the conversation. */
  partyGone(session: CallSession, leg: CallerLeg | AgentLeg): void;
  /** Nobody but one is left in the conversation. */
  alone(session: CallSession): void;
  forgetCall(call: EngineCallView): void;
  hangupLeg(id: CallId): void;
  repaired(repair: Repair, session?: CallSession): void;
}

export const RECONCILE_MS = 5_000;

/**
 * Compares what the engine believes, the calls that we know, and the legs that telephony has; what differs in two
 * rounds, 5 s apart, is repaired as if the event that was lost had come. Whatever is being set up is no difference
 * for so long.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  #suspects: ReadonlySet<string> = new Set();
  #timer: Timer | undefined;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = this.#options.clock.after(RECONCILE_MS, () => {
      this.#options.post(() => {
        this.compare();
        this.#options.looked();
      });
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  compare(): void {
    const found = [
      ...this.#lostLegs(),
      ...this.#lonely(),
      ...this.#forgottenCalls(),
      ...this.#orphanLegs(),
    ];
    for (const { key, repair, mend, session } of found) {
      if (!this.#suspects.has(key)) continue;
      this.#options.log.warn({ repair, what: key }, 'What we believed was not so: repaired');
      this.#options.repaired(repair, session);
      mend();
    }
    this.#suspects = new Set(found.map(({ key }) => key));
  }

  /** Conversations and calls whose legs have ended without anybody having heard of it. */
  *#lostLegs(): Iterable<Difference> {
    const { sessions, isAlive, callerGone, agentGone } = this.#options;
    for (const session of [...sessions()]) {
      const { leg, offer } = session;
      if (leg && isAlive(leg) === false)
        yield {
          key: `caller ${session.id}`,
          repair: 'lostCaller',
          session,
          mend: () => callerGone(session),
        };
      else if (offer?.leg && isAlive(offer.leg) === false)
        yield {
          key: `agent ${offer.offerId}`,
          repair: 'lostAgent',
          session,
          mend: () => agentGone(offer.offerId),
        };
      yield* this.#lostParties(session);
    }
  }

  /** Whoever is asked, is in the conference or has been given the customer, and the phone's call by which they are asked. */
  *#lostParties(session: CallSession): Iterable<Difference> {
    const { isAlive, partyGone } = this.#options;
    const { second, side, outside } = session.talk ?? {};
    for (const leg of [second?.leg, side, outside?.leg])
      if (leg && isAlive(leg) === false)
        yield {
          key: `party ${leg.identity.legId}`,
          repair: 'lostAgent',
          session,
          mend: () => partyGone(session, leg),
        };
  }

  /** Conversations with one party, or none: nobody there could hear that it is over, and a trunk may be paid for it. */
  *#lonely(): Iterable<Difference> {
    const { sessions, alone } = this.#options;
    for (const session of [...sessions()])
      if (session.stage === 'talking' && partiesOf(session) < 2)
        yield {
          key: `alone ${session.id}`,
          repair: 'alone',
          session,
          mend: () => alone(session),
        };
  }

  /** Calls that the engine has, and nobody else: their agents would be busy for ever. */
  *#forgottenCalls(): Iterable<Difference> {
    const { engineCalls, hasSession, forgetCall } = this.#options;
    for (const call of engineCalls())
      if (!hasSession(call.id))
        yield { key: `engine ${call.id}`, repair: 'forgottenCall', mend: () => forgetCall(call) };
  }

  *#orphanLegs(): Iterable<Difference> {
    const { callerLegs, hasSession, hangupLeg } = this.#options;
    for (const id of callerLegs())
      if (!hasSession(id))
        yield { key: `leg ${id}`, repair: 'orphanLeg', mend: () => hangupLeg(id) };
  }
}

/** Whoever is in the conversation, or on the way to it. */
function partiesOf({ leg, coming, offer, talk, transfer }: CallSession): number {
  const parties = [leg ?? coming, offer, talk?.second, talk?.outside ?? transfer];
  return parties.filter((party) => party !== undefined).length;
}

interface Difference {
  readonly key: string;
  readonly repair: Repair;
  readonly session?: CallSession;
  mend(): void;
}
