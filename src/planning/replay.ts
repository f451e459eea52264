import { Random } from '../lib/random.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { RecordedCall, RecordedDay, RecordedOffer } from '../model/recorded-day.ts';
import { wrapUpTimes } from './own-history.ts';
import { Patience } from './patience.ts';
import type { DayPlan, PlannedCall, Ringing } from './playback.ts';
import { deedsOf, missedBackMs } from './replay-agents.ts';

export interface Setting {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  /** The house's: whose clocks count for agents without a zone of their own. Absent: UTC. */
  readonly zone?: string;
}

/** With fewer who gave up, a queue's own patience is chance: the whole day's is taken. */
const GAVE_UP_MIN = 30;
/** After-call work that ended this close to its limit was ended by the limit. */
const LIMIT_TOLERANCE_MS = 100;
const TALK_MS_DEFAULT = 180_000;
const ANSWER: Ringing = { afterMs: 3_000, outcome: 'answered' };

/**
 * The recorded day as a plan for the engine under a setting. The callers are the same ones, with the same demands,
 * whatever the setting is: who gave up has exactly that patience, who was answered or sent away has one drawn from
 * those who waited longer; conversations are as long as they were, or drawn for those that never took place.
 * `today` is the setting of the record, from which is known which after-call work ended at its limit.
 */
export function replayPlan(
  day: RecordedDay,
  today: Setting,
  setting: Setting,
  seed: number,
): DayPlan {
  const random = new Random(seed);
  const callers = new Callers(day, today, random);
  const offers = offersByAgent(day.calls);
  return {
    ...setting,
    from: day.from,
    until: lastSeen(day),
    calls: day.calls.map((call) => callers.plan(call)),
    deeds: deedsOf(day, setting.agents),
    missedBackMs: missedBackMs(day.agentStates),
    // The n-th time this agent is rung for this call, they do the same in every setting.
    ring(agentId, callId, nth) {
      return ringAs(
        offers.get(agentId) ?? offers.get(''),
        random.fork(`${agentId} ${callId} ${nth}`),
      );
    },
  };
}

/** Works out of each recorded call what it would have done had it not been ended as it was. */
class Callers {
  readonly #random: Random;
  readonly #all: Patience;
  readonly #byQueue: ReadonlyMap<string, Patience>;
  readonly #talks: ReadonlyMap<string, readonly RecordedCall[]>;
  readonly #wrapUps: ReadonlyMap<string, number>;
  readonly #limits: ReadonlyMap<string, number>;

  constructor({ calls, agentStates }: RecordedDay, today: Setting, random: Random) {
    this.#random = random;
    const queueIds = [...new Set(calls.map(({ queueId }) => queueId))];
    const of = (id: string) => calls.filter(({ queueId }) => queueId === id);
    this.#all = patienceFrom(calls);
    this.#byQueue = new Map(
      queueIds
        .filter((id) => of(id).filter(gaveUp).length >= GAVE_UP_MIN)
        .map((id) => [id, patienceFrom(of(id))]),
    );
    this.#talks = new Map(queueIds.map((id) => [id, of(id).filter(({ talkMs }) => talkMs)]));
    this.#wrapUps = wrapUpTimes(agentStates);
    this.#limits = new Map(today.queues.map(({ id, wrapUpMs }) => [id, wrapUpMs]));
  }

  plan(call: RecordedCall): PlannedCall {
    const { callId, queueId, queuedAt, priority, requiredSkills, waitMs } = call;
    const random = this.#random.fork(callId);
    const luck = random.next();
    const patience = this.#byQueue.get(queueId) ?? this.#all;
    const model = call.talkMs === undefined ? this.#likeness(random, queueId) : call;
    const wrapUpMs = model && this.#wrapUpOf(model);
    return {
      callId,
      queueId,
      at: queuedAt,
      priority,
      requiredSkills,
      patienceMs: gaveUp(call) ? waitMs : Math.round(patience.draw(luck, waitMs)),
      talkMs: model?.talkMs ?? TALK_MS_DEFAULT,
      ...(wrapUpMs === undefined ? {} : { wrapUpMs }),
    };
  }

  /** A conversation that did take place, for one that did not. */
  #likeness(random: Random, queueId: string): RecordedCall | undefined {
    const talks = this.#talks.get(queueId) ?? [];
    return talks.length > 0 ? random.pick(talks) : undefined;
  }

  /** Undefined: it lasted as long as it might, and would in another setting. */
  #wrapUpOf({ callId, queueId }: RecordedCall): number | undefined {
    const lasted = this.#wrapUps.get(callId);
    const limit = this.#limits.get(queueId) ?? 0;
    return lasted !== undefined && lasted < limit - LIMIT_TOLERANCE_MS ? lasted : undefined;
  }
}

/** When the day's last agent did anything: until then their time is counted. */
export const lastSeen = ({ from, agentStates }: RecordedDay): number =>
  Math.max(from, agentStates.at(-1)?.at ?? from);

const gaveUp = ({ outcome }: RecordedCall): boolean => outcome === 'abandoned';

const patienceFrom = (calls: readonly RecordedCall[]): Patience =>
  new Patience(calls.map((call) => ({ ms: call.waitMs, gaveUp: gaveUp(call) })));

/** What each agent did when rung; under '' what all of them did. */
function offersByAgent(
  calls: readonly RecordedCall[],
): ReadonlyMap<string, readonly RecordedOffer[]> {
  const found = new Map<string, RecordedOffer[]>();
  for (const offer of calls.flatMap(({ offers }) => offers)) {
    for (const key of [offer.agentId, '']) {
      const list = found.get(key);
      if (list) list.push(offer);
      else found.set(key, [offer]);
    }
  }
  return found;
}

/**
 * As they did once, by chance. Of an offer that somebody else ended it is known only that they had done nothing by then:
 * they go on as in one of the longer ones (B. Efron, The two sample problem with censored data, 1967: what is censored
 * is shared out to the right). To leave such offers out would make those rarer who let it ring.
 */
function ringAs(known: readonly RecordedOffer[] = [], random: Random): Ringing {
  if (known.length === 0) return ANSWER;
  for (let rest = known; rest.length > 0; ) {
    const { afterMs, outcome } = random.pick(rest);
    if (outcome !== 'withdrawn') return { afterMs, outcome };
    rest = rest.filter((other) => other.afterMs > afterMs);
  }
  return { afterMs: 0, outcome: 'noAnswer' };
}
