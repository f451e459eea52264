import type { EpochMs } from '../lib/clock.ts';
import type { CallEvent, CallOutcome } from '../model/call.ts';
import type { FactName, Facts } from './names.ts';
import { beginTalk, endTalk, hold, retrieve, type Talk } from './talks.ts';
import { TARGET_MS_DEFAULT, type Visit, type VisitEnd } from './visits.ts';

type Data = Readonly<Record<string, unknown>>;

interface Moment {
  readonly at: EpochMs;
  readonly who: { readonly queueId?: string | undefined; readonly agentId?: string | undefined };
  readonly facts: Facts;
}

interface Ringing {
  readonly agentId: string;
  readonly queueId: string | undefined;
  readonly at: EpochMs;
}

/** An agent's wrap-up may begin a moment before the last word of the call is written down. */
const WRAP_UP_EARLY_MS = 5_000;

const LEFT: Readonly<Record<string, VisitEnd>> = {
  abandoned: 'abandoned',
  shortAbandon: 'shortAbandoned',
  queueTimeout: 'timedOut',
  overflow: 'overflowedOut',
  callback: 'leftForCallback',
};

const OFFER_FAILED: Readonly<Record<string, FactName>> = {
  noAnswer: 'missed',
  rejected: 'rejected',
  busy: 'busy',
  unreachable: 'unreachable',
};

/** Goes through a call's history once, and finds its visits to queues, its conversations and the rest. */
export class CallWalk {
  readonly visits: Visit[] = [];
  readonly talks: Talk[] = [];
  readonly moments: Moment[] = [];
  dnis: string | undefined;
  flowId: string | undefined;
  /** Absent: a promise, or what an agent dialled to say that they are ready. */
  arrivedAt: EpochMs | undefined;
  outcome: CallOutcome | undefined;
  finished = false;
  lastAt: EpochMs = 0;
  readonly #events: readonly CallEvent[];
  readonly #ringing = new Map<string, Ringing>();
  #callbackQueueId: string | undefined;
  /** Of a promise: whose phone was answered, or will be when the customer waits already. */
  #accepted = false;
  #reachedBy: string | undefined;
  /** An agent sent the caller to a queue, which is where they come next. */
  #toQueue = false;
  /** Whoever takes a call out of its place does not have it by a transfer. */
  #parkedBy: string | undefined;
  /** Who has come to the conversation, and has it when that is said. */
  #cameLast: string | undefined;

  /** @param events In the order of their numbers. */
  constructor(events: readonly CallEvent[]) {
    this.#events = events;
    events.forEach((event, index) => {
      this.lastAt = Math.max(this.lastAt, event.at);
      this.#step(event, index);
    });
  }

  endAll(at: EpochMs): void {
    for (const talk of this.talks) endTalk(talk, at);
    for (const offerId of [...this.#ringing.keys()]) this.#rang(offerId, at, 'withdrawn');
  }

  wrapUp(agentId: string, from: EpochMs, to: EpochMs): void {
    const talk = this.talks.findLast(
      (one) => one.agentId === agentId && (one.until ?? one.since) <= from + WRAP_UP_EARLY_MS,
    );
    if (talk) talk.acwMs += to - from;
    else this.#note(from, { agentId, queueId: this.visits.at(-1)?.queueId }, { acwMs: to - from });
  }

  #step({ type, at, data }: CallEvent, index: number): void {
    switch (type) {
      case 'call.arrived':
        return this.#arrived(at, data);
      case 'call.queued':
        return this.#enter(at, data, this.#toQueue ? 'transfer' : 'flow');
      case 'call.overflowed':
        this.#leave(at, 'overflowedOut');
        return this.#enter(at, data, 'overflow');
      case 'call.left':
        return this.#leave(at, this.#howLeft(data, index));
      case 'offer.made':
        return this.#ring(at, data);
      case 'offer.failed':
        return this.#rang(idOf(data), at, OFFER_FAILED[String(data.cause)] ?? 'withdrawn');
      case 'offer.withdrawn':
        return this.#rang(idOf(data), at, data.why === 'noAnswer' ? 'missed' : 'withdrawn');
      case 'call.connected':
        return this.#connected(at, data);
      case 'call.returned':
        return this.#returned(at, data);
      case 'call.finished':
        this.outcome = data.outcome as CallOutcome;
        this.finished = true;
        return this.endAll(at);
      default:
        return this.#inTalk(type, at, data);
    }
  }

  #arrived(at: EpochMs, data: Data): void {
    this.dnis = text(data.dnis);
    this.flowId = text(data.flowId);
    if (data.feature !== true) this.arrivedAt = at;
  }

  // ---- Queues ------------------------------------------------------------------------------------------

  #enter(at: EpochMs, data: Data, by: Visit['by']): void {
    this.#leave(at, 'elsewhere');
    this.#toQueue = false;
    const before = this.visits.at(-1)?.skills;
    this.visits.push({
      queueId: String(data.queueId),
      since: at,
      skills: skillsIn(data) ?? ((by !== 'flow' && before) || []),
      targetMs: Number(data.serviceLevelMs ?? TARGET_MS_DEFAULT),
      by,
      regained: data.regained === true,
    });
  }

  #leave(at: EpochMs, how: VisitEnd): void {
    const visit = this.visits.at(-1);
    if (visit && !visit.end) visit.end = { at, how };
  }

  /** The engine calls it an abandon, too, when it was not the caller who hung up. */
  #howLeft({ outcome, byHouse }: Data, index: number): VisitEnd {
    const how = LEFT[String(outcome)] ?? 'elsewhere';
    const isAbandon = how === 'abandoned' || how === 'shortAbandoned';
    const hungUp = byHouse !== true && !this.#didNotHangUp(index);
    return isAbandon && !hungUp ? 'elsewhere' : how;
  }

  /** A key took the caller elsewhere, an operator ended the call, or it failed: older histories do not say so. */
  #didNotHangUp(index: number): boolean {
    const next = this.#events
      .slice(index + 1)
      .find(({ type }) => /^(call\.(queued|connected|finished)|flow\.node)$/.test(type));
    if (next?.type !== 'call.finished') return next !== undefined;
    return /^(hungUp|failed|lost)$/.test(String(next.data.outcome));
  }

  // ---- Agents' phones ------------------------------------------------------------------------------------

  #ring(at: EpochMs, data: Data): void {
    const agentId = String(data.agentId);
    const queueId = text(data.queueId) ?? this.visits.at(-1)?.queueId ?? this.#callbackQueueId;
    this.#ringing.set(idOf(data), { agentId, queueId, at });
    this.#note(at, { agentId, queueId }, { rung: 1 });
  }

  /** `became` absent: answered. */
  #rang(offerId: string, at: EpochMs, became?: FactName): void {
    const ringing = this.#ringing.get(offerId);
    if (!ringing) return;
    this.#ringing.delete(offerId);
    const ringMs = at - ringing.at;
    this.#note(ringing.at, ringing, {
      ...(ringMs > 0 ? { ringMs } : {}),
      ...(became ? { [became]: 1 } : {}),
    });
  }

  // ---- Conversations ---------------------------------------------------------------------------------------

  #connected(at: EpochMs, data: Data): void {
    const visit = this.visits.at(-1);
    this.#rang(idOf(data), at);
    this.#leave(at, 'answered');
    this.#talk(at, String(data.agentId), text(data.queueId) ?? visit?.queueId);
  }

  #talk(
    since: EpochMs,
    agentId: string,
    queueId: string | undefined,
    kind: { readonly isCallback?: true; readonly isAsked?: boolean } = {},
  ): void {
    if (this.#talkOf(agentId)) return;
    const skills = this.visits.at(-1)?.skills ?? [];
    const { isCallback = false, isAsked = false } = kind;
    this.talks.push(beginTalk({ agentId, queueId, skills, since, isCallback, isAsked }));
  }

  /** The agent had answered and nobody could speak: the wait goes on, and there was no conversation. */
  #returned(at: EpochMs, data: Data): void {
    const agentId = String(data.agentId);
    const visit = this.visits.at(-1);
    if (visit?.end?.how === 'answered') delete visit.end;
    const talk = this.#talkOf(agentId);
    if (talk) this.talks.splice(this.talks.indexOf(talk), 1);
    this.#note(at, { agentId, queueId: visit?.queueId }, { returned: 1 });
  }

  #talkOf(agentId: string | undefined): Talk | undefined {
    return this.talks.findLast((talk) => talk.until === undefined && talk.agentId === agentId);
  }

  #inTalk(type: string, at: EpochMs, data: Data): void {
    const agentId = text(data.agentId);
    const own = this.#talkOf(agentId);
    switch (type) {
      case 'call.held':
        for (const talk of own ? [own] : this.#going()) hold(talk, at);
        return;
      case 'call.retrieved':
        for (const talk of own ? [own] : this.#going()) retrieve(talk, at);
        return;
      case 'call.consulted':
        if (own) own.consulted += 1;
        return;
      case 'call.conferenced':
        if (own) own.conferenced += 1;
        return this.#heard();
      case 'call.transferred':
        return this.#transferred(at, data, agentId);
      case 'call.parked':
        this.#parkedBy = agentId;
        return;
      case 'call.ended':
      case 'agent.left':
        if (own) endTalk(own, at);
        return;
      default:
        return this.#promise(type, at, data);
    }
  }

  /** The agent's part is over by then, or ends with it. Where it goes to a queue, another visit comes next. */
  #transferred(at: EpochMs, data: Data, agentId: string | undefined): void {
    this.#heard();
    // Older histories say so, too, of a call that has come back to who let it go.
    if (data.to === 'agent' && agentId === this.#cameLast) return;
    const from = this.talks.findLast((talk) => talk.agentId === agentId);
    if (from && this.#parkedBy === undefined) from.transferredOut += 1;
    if (from) endTalk(from, at);
    this.#toQueue = data.to === 'queue';
    this.#parkedBy = undefined;
  }

  /** A colleague who was asked, brought in or handed the call has answered: from now on it is their time, too. */
  #secondAnswered(at: EpochMs, agentId: string, how: unknown): void {
    const [offerId, ringing] = [...this.#ringing].find(([, one]) => one.agentId === agentId) ?? [];
    if (offerId !== undefined) this.#rang(offerId, at);
    const queueId = ringing?.queueId ?? this.visits.at(-1)?.queueId;
    this.#talk(at, agentId, queueId, { isAsked: how === 'consult' });
    this.#cameLast = agentId;
    if (this.#parkedBy === agentId) this.#parkedBy = undefined;
  }

  /** The customer hears all who are there. */
  #heard(): void {
    for (const talk of this.#going()) talk.isAsked = false;
  }

  #going(): readonly Talk[] {
    return this.talks.filter((talk) => talk.until === undefined);
  }

  // ---- Promises ----------------------------------------------------------------------------------------------

  #promise(type: string, at: EpochMs, data: Data): void {
    const who = { queueId: this.#callbackQueueId, agentId: text(data.agentId) };
    switch (type) {
      case 'callback.made':
        this.#callbackQueueId = text(data.queueId);
        this.dnis ??= text(data.dnis);
        return this.#note(at, { queueId: this.#callbackQueueId }, { callbacksRequested: 1 });
      case 'callback.dial':
        this.#callbackQueueId ??= text(data.queueId);
        this.#accepted = false;
        this.#rang(idOf(data), at);
        return this.#note(at, who, { callbackAttempts: 1 });
      case 'agent.answered':
        if (data.how !== undefined && who.agentId)
          return this.#secondAnswered(at, who.agentId, data.how);
        this.#accepted = true;
        if (this.#reachedBy)
          this.#talk(at, this.#reachedBy, this.#callbackQueueId, { isCallback: true });
        return;
      case 'callback.reached':
        this.#reachedBy = who.agentId;
        this.#note(at, who, { callbacksReached: 1 });
        if (this.#accepted && who.agentId)
          this.#talk(at, who.agentId, who.queueId, { isCallback: true });
        return;
      case 'callback.attemptFailed':
        return this.#note(at, who, { callbackAttemptsFailed: 1 });
      case 'callback.ended':
        return this.#promiseEnded(at, text(data.outcome));
      case 'ledger':
        return this.#ledger(at, data);
      default:
        return;
    }
  }

  #promiseEnded(at: EpochMs, outcome: string | undefined): void {
    if (outcome === 'reached') return;
    const facts = outcome === 'merged' ? { callbacksMerged: 1 } : { callbacksMissed: 1 };
    this.#note(at, { queueId: this.#callbackQueueId }, facts);
  }

  #ledger(at: EpochMs, data: Data): void {
    const queueId = this.visits.at(-1)?.queueId ?? this.#callbackQueueId;
    const who = { queueId, agentId: text(data.agentId) };
    if (data.why === 'spent') this.#note(at, who, { casualSpent: 1 });
    if (data.why === 'givenBack') this.#note(at, who, { casualGivenBack: 1 });
  }

  #note(at: EpochMs, who: Moment['who'], facts: Facts): void {
    this.moments.push({ at, who, facts });
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const idOf = ({ offerId }: Data): string => String(offerId);

/** Of the queue and of the call. Older records name the call's alone. */
function skillsIn({ skills, requiredSkills }: Data): readonly string[] | undefined {
  if (Array.isArray(skills)) return skills.map(String);
  return requiredSkills === undefined ? undefined : Object.keys(Object(requiredSkills)).sort();
}
