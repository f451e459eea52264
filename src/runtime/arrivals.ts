import { AUTO_ANSWER_HEADERS } from '../callers/callers.ts';
import type { Timer } from '../lib/clock.ts';
import { within } from '../lib/within.ts';
import { type Arrival, arrivalOf } from '../model/arrival.ts';
import type { OfferId } from '../model/ids.ts';
import type { Utterance } from '../model/utterance.ts';
import type { Coming } from './ports.outside.ts';
import type { AgentLeg, LegFailure } from './ports.ts';
import type { World } from './world.ts';

/** Who hears what becomes of it. */
export interface ArrivalEvents {
  /** Somebody is there, and takes the call. */
  answered(offerId: OfferId, leg: AgentLeg): void;
  failed(offerId: OfferId, failure: LegFailure): void;
  gone(offerId: OfferId): void;
  /** Somebody, or a machine, picked up, and is asked. False: nobody wants them any more. */
  pickedUp(offerId: OfferId, askMs: number): boolean;
}

interface Plan {
  readonly callId: Coming['callId'];
  readonly arrival: Arrival;
  /** What is said; made while the phone rings. */
  readonly sentences: readonly Utterance[];
  /** While they are asked. */
  asking?: { readonly leg: AgentLeg; readonly limit: Timer; again?: Timer };
}

const ACCEPT_KEY = '1';
const REJECT_KEY = '2';
/** After what is said, before it is said once more. */
const AGAIN_MS = 3_000;
/** The engine's limit comes after ours, for when ours fails. */
const SLACK_MS = 2_000;
/** Nobody waits for a sentence longer: the others are said without it. */
const VOICE_MS_MAX = 3_000;

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
      const sentences = this.#sentences(coming, arrival);
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
    if (plan) stopAsking(plan);
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
  gone(offerId: OfferId): void {
    const wasAsked = this.#plans.get(offerId)?.asking !== undefined;
    if (wasAsked) this.failed(offerId, 'noAnswer');
    else this.#events.gone(offerId);
  }

  /** False: nobody was asked for a key. */
  keyed(offerId: OfferId, key: string): boolean {
    const plan = this.#plans.get(offerId);
    const leg = plan?.asking?.leg;
    if (!plan || !leg) return false;
    if (key === ACCEPT_KEY) {
      this.forget(offerId);
      leg.stopPlaying();
      this.#events.answered(offerId, leg);
    }
    if (key === REJECT_KEY) this.#refuse(offerId, leg, 'rejected');
    return true;
  }

  /** Says what it is about to whoever has accepted. Undefined: there is nothing to say, and no reason to wait. */
  whisper(offerId: OfferId, leg: AgentLeg): Promise<unknown> | undefined {
    const plan = this.#plans.get(offerId);
    this.#plans.delete(offerId);
    if (!plan?.arrival.whisper) return undefined;
    return this.#said(plan, leg);
  }

  #ask(offerId: OfferId, plan: Plan, leg: AgentLeg): void {
    const { clock, inbox } = this.#world;
    if (!this.#events.pickedUp(offerId, plan.arrival.acceptMs + SLACK_MS)) {
      this.forget(offerId);
      leg.hangup();
      return;
    }
    const limit = clock.after(plan.arrival.acceptMs, () =>
      inbox.post(() => {
        if (plan.asking) this.#refuse(offerId, leg, 'noAnswer');
      }),
    );
    plan.asking = { leg, limit };
    void this.#said(plan, leg).then(() => this.#sayAgain(plan, leg));
  }

  /** Once: who has not understood it twice will not the third time. */
  #sayAgain(plan: Plan, leg: AgentLeg): void {
    if (!plan.asking) return;
    plan.asking.again = this.#world.clock.after(AGAIN_MS, () => {
      if (plan.asking) void this.#said(plan, leg);
    });
  }

  async #said(plan: Plan, leg: AgentLeg): Promise<void> {
    const files = await this.#voice(plan);
    const isWanted = !plan.arrival.accept || plan.asking?.leg === leg;
    if (files.length > 0 && isWanted) await leg.play(files);
  }

  #refuse(offerId: OfferId, leg: AgentLeg, failure: LegFailure): void {
    this.forget(offerId);
    leg.hangup();
    this.#events.failed(offerId, failure);
  }

  #arrivalOf({ agentId, queueId }: Coming): Arrival {
    const { directory } = this.#world;
    const queue = queueId && directory?.queues.get(queueId);
    return arrivalOf(directory?.agents.get(agentId) ?? {}, queue ? queue.arrival : {});
  }

  #sentences(coming: Coming, { whisper, accept: asks }: Arrival): readonly Utterance[] {
    const { directory, phrases } = this.#world;
    const { agentId, kind, from, context, queueId, waitMs } = coming;
    const language =
      directory?.agents.get(agentId)?.language ?? directory?.language ?? context.language;
    const queueName = (queueId && directory?.queues.get(queueId)?.name) ?? '';
    const facts = whisper
      ? { kind, status: context.status, reason: context.intent || queueName, waitMs, asks }
      : { kind: 'call' as const, status: 'unknown' as const, reason: '', waitMs: 0, asks };
    return phrases.arrival(from ? { ...facts, from } : facts, language);
  }

  /** Never rejects: a sentence that cannot be had in time is passed over. */
  async #voice({ callId, sentences }: Plan): Promise<readonly string[]> {
    const { prompts, clock, log } = this.#world;
    const spoken = sentences.map(async (sentence) => {
      let files: readonly string[] = [];
      const saying = prompts.say(sentence).then((made) => {
        files = made;
      });
      await within(clock, VOICE_MS_MAX, saying).catch((error) =>
        log.warn({ callId, error: String(error) }, 'A whisper could not be spoken'),
      );
      return files;
    });
    return (await Promise.all(spoken)).flat();
  }
}

function stopAsking(plan: Plan): void {
  plan.asking?.limit.cancel();
  plan.asking?.again?.cancel();
  delete plan.asking;
}
