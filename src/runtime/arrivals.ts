import { AUTO_ANSWER_HEADERS } from '../callers/callers.ts';
import { type Arrival, arrivalOf } from '../model/arrival.ts';
import type { OfferId } from '../model/ids.ts';
import type { Utterance } from '../model/utterance.ts';
import { arrivalWords, voiced } from './arrival-words.ts';
import { Asking } from './asking.ts';
import type { AgentLeg, LegFailure } from './ports/index.ts';
import type { Coming } from './ports/outside.ts';
import type { World } from './world.ts';

/** Who hears what becomes of it. */
export interface ArrivalEvents {
  /** Somebody is there, and takes the call. */
  answered(offerId: OfferId, leg: AgentLeg): void;
  failed(offerId: OfferId, failure: LegFailure): void;
  gone(offerId: OfferId, died: boolean): void;
  /** Somebody, or a machine, picked up, and is asked. False: nobody wants them any more. */
  pickedUp(offerId: OfferId, askMs: number): boolean;
}

interface Plan {
  readonly callId: Coming['callId'];
  readonly arrival: Arrival;
  /** What is said; made while the phone rings. */
  readonly sentences: readonly Utterance[];
  /** While they are asked. */
  asking?: Asking;
}

/** The engine's limit comes after ours, for when ours fails. */
const SLACK_MS = 2_000;
/**
 * Between the moment an agent's phone is picked up and the moment they are joined with the caller, who goes on hearing
 * music: what it is about is said in their ear, and outside the house they are asked whether they take it, because a
 * mobile's voicemail picks up as well (P3).
 *
 *   ringing ──picked up──▶ asked ──1──▶ accepted       asked ──2──▶ rejected     asked ──nothing, gone──▶ noAnswer
 *      └──picked up, nobody asked──▶ accepted ──▶ told ──▶ joined
 */
export class Arrivals {
  readonly #world: World;
  readonly #events: ArrivalEvents;
  readonly #plans = new Map<OfferId, Plan>();

  constructor(world: World, events: ArrivalEvents) {
    this.#world = world;
    this.#events = events;
  }

  /** Before the phone rings: what will be said is made meanwhile. Returns the headers that it should ring with. */
  expect(coming: Coming): Readonly<Record<string, string>> {
    const arrival = this.#arrivalOf(coming);
    // Who rings a customer back is told of it while that is dialled (`callbacks.ts`).
    const whispers = arrival.whisper && coming.kind !== 'callback';
    if (whispers || arrival.accept) {
      const sentences = arrivalWords(this.#world, coming, arrival);
      const plan = { callId: coming.callId, arrival, sentences };
      this.#plans.set(coming.offerId, plan);
      void this.#voice(plan);
    }
    return arrival.autoAnswer ? AUTO_ANSWER_HEADERS : {};
  }

  /** Nobody rings for it any more. */
  forget(offerId: OfferId): void {
    const plan = this.#plans.get(offerId);
    this.#plans.delete(offerId);
    plan?.asking?.stop();
  }

  answered(offerId: OfferId, leg: AgentLeg): void {
    const plan = this.#plans.get(offerId);
    if (plan?.arrival.accept) this.#ask(offerId, plan, leg);
    else this.#events.answered(offerId, leg);
  }

  failed(offerId: OfferId, failure: LegFailure): void {
    this.forget(offerId);
    this.#events.failed(offerId, failure);
  }

  /** Whoever hangs up without a word has taken nothing: a machine does the same when its tape is full. */
  gone(offerId: OfferId, died = false): void {
    const wasAsked = this.#plans.get(offerId)?.asking !== undefined;
    if (wasAsked) this.failed(offerId, 'noAnswer');
    else this.#events.gone(offerId, died);
  }

  /** False: nobody was asked for a key. */
  keyed(offerId: OfferId, key: string): boolean {
    const asking = this.#plans.get(offerId)?.asking;
    asking?.keyed(key);
    return asking !== undefined;
  }

  /** Says what it is about to whoever has accepted. Undefined: there is nothing to say, and no reason to wait. */
  whisper(offerId: OfferId, leg: AgentLeg): Promise<unknown> | undefined {
    const plan = this.#plans.get(offerId);
    this.#plans.delete(offerId);
    if (!plan?.arrival.whisper) return undefined;
    return this.#voice(plan).then((files) => (files.length > 0 ? leg.play(files) : undefined));
  }

  #ask(offerId: OfferId, plan: Plan, leg: AgentLeg): void {
    const { acceptMs } = plan.arrival;
    if (!this.#events.pickedUp(offerId, acceptMs + SLACK_MS)) {
      this.forget(offerId);
      leg.hangup();
      return;
    }
    plan.asking = new Asking(this.#world, {
      leg,
      limitMs: acceptMs,
      voice: () => this.#voice(plan),
      answered: (answer) => {
        this.forget(offerId);
        if (answer === 'accepted') this.#events.answered(offerId, leg);
        else {
          leg.hangup();
          this.#events.failed(offerId, answer);
        }
      },
    });
  }

  #arrivalOf({ agentId, queueId }: Coming): Arrival {
    const { directory } = this.#world;
    const queue = queueId && directory?.queues.get(queueId);
    return arrivalOf(directory?.agents.get(agentId) ?? {}, queue ? queue.arrival : {});
  }

  #voice({ callId, sentences }: Plan): Promise<readonly string[]> {
    return voiced(this.#world, callId, sentences);
  }
}
