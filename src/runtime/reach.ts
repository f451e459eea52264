import type { Clock, EpochMs, Timer } from '../lib/clock.ts';
import type { InSteps } from '../lib/slices.ts';
import type { AgentConfig, AgentState } from '../model/agent.ts';
import type { AgentId } from '../model/ids.ts';
import type { PresenceWord, Unreachable } from '../model/presence.ts';
import type { CommandLog } from './options.ts';
import type { Outbound } from './outbound/outbound.ts';
import { destinationOf } from './outbound/outside-phones.ts';
import type { LegFailure } from './ports/index.ts';

export interface ReachWorld {
  readonly clock: Clock;
  readonly journal: CommandLog;
  readonly outbound: Pick<Outbound, 'allows'>;
  /** Whether there is a phone that is registered now, and theirs. */
  hasPhone(agent: AgentConfig): boolean;
  stateOf(agentId: AgentId): AgentState['kind'] | undefined;
  /** Told whenever it may have changed; the engine knows what it knows already. */
  tell(agentId: AgentId, reachable: boolean): void;
}

/** Whether somebody can be called now, and if not, why and until when. */
export interface Verdict {
  readonly why?: Unreachable;
  readonly until?: EpochMs;
}

interface Person {
  config: AgentConfig;
  /** Whether a phone is registered with the extension. */
  hasPhone: boolean;
  word?: PresenceWord;
  /** In a row; an answer forgets them. */
  failures: number;
  leftAloneUntil: EpochMs;
  timer?: Timer;
}

/** So many calls in a row that could not be had, and a person outside is left alone: a minute, then twice as long … */
export const FAILURES_MAX = 3;
const LEFT_ALONE_MS = 60_000;
const LEFT_ALONE_MS_MAX = 900_000;
const NOTE = 'presence:';

/**
 * Who can be reached. Of a phone of the house its registration tells; outside there is none, and everybody counts as
 * reachable unless somebody says otherwise (their own system by NOTIFY, or a webhook), or calls to them came to nothing
 * again and again. A word that comes during a call of ours is of that call as a rule: it counts when that is over.
 */
export class Reach {
  readonly #world: ReachWorld;
  readonly #people = new Map<AgentId, Person>();
  readonly #remembered = new Map<AgentId, PresenceWord>();

  constructor(world: ReachWorld) {
    this.#world = world;
  }

  /** Everybody, after a change of the configuration; what is known of those who stay is kept. */
  *configure(agents: readonly AgentConfig[]): InSteps<void> {
    for (const config of agents) {
      const hasPhone = this.#world.hasPhone(config);
      const person = this.#people.get(config.id) ?? this.#newcomer(config, hasPhone);
      Object.assign(person, { config, hasPhone });
      this.#people.set(config.id, person);
      this.settle(config.id);
      yield;
    }
    const there = new Set(agents.map(({ id }) => id));
    for (const [id, person] of this.#people) {
      if (there.has(id)) continue;
      person.timer?.cancel();
      this.#people.delete(id);
      this.#world.journal.drop(`${NOTE}${id}`);
    }
  }

  /** After a restart, before the first configuration: words that may still hold. */
  restore(notes: ReadonlyMap<string, unknown>): void {
    for (const [key, note] of notes) {
      if (key.startsWith(NOTE)) {
        this.#remembered.set(key.slice(NOTE.length) as AgentId, note as PresenceWord);
      }
    }
  }

  #newcomer(config: AgentConfig, hasPhone: boolean): Person {
    const word = this.#remembered.get(config.id);
    this.#remembered.delete(config.id);
    return { config, hasPhone, failures: 0, leftAloneUntil: 0, ...(word ? { word } : {}) };
  }

  /** They have got their first phone, or lost their last. */
  phone(id: AgentId, hasPhone: boolean): void {
    const person = this.#people.get(id);
    if (person) person.hasPhone = hasPhone;
    this.settle(id);
  }

  /** A call of ours to them is over: what was said meanwhile counts now. */
  freed(id: AgentId): void {
    if (this.#people.get(id)?.word) this.settle(id);
  }

  stop(): void {
    for (const { timer } of this.#people.values()) timer?.cancel();
  }

  /** False: nobody of that name. */
  heard(id: AgentId, word: PresenceWord): boolean {
    const person = this.#people.get(id);
    if (!person) return false;
    person.word = word;
    // Whoever says to be there has looked after what was wrong.
    if (word.status === 'available') forgetFailures(person);
    this.#world.journal.keep(`${NOTE}${id}`, word);
    this.settle(id);
    return true;
  }

  /** What was said does not hold any more. False: nobody of that name, or nothing was said. */
  forget(id: AgentId, by?: PresenceWord['by']): boolean {
    const person = this.#people.get(id);
    if (!person?.word || (by && person.word.by !== by)) return false;
    delete person.word;
    this.#world.journal.drop(`${NOTE}${id}`);
    this.settle(id);
    return true;
  }

  /** What became of a call to somebody outside. */
  tried(id: AgentId, result: LegFailure | 'answered'): void {
    const person = this.#people.get(id);
    if (!person?.config.device) return;
    if (result !== 'unreachable') forgetFailures(person);
    else this.#failed(person);
    this.settle(id);
  }

  /** Works out anew whether they can be reached, and says so. */
  settle(id: AgentId): void {
    const person = this.#people.get(id);
    if (!person) return;
    const { clock, tell } = this.#world;
    const now = clock.now();
    person.timer?.cancel();
    delete person.timer;
    if (person.word && person.word.until <= now) {
      delete person.word;
      this.#world.journal.drop(`${NOTE}${id}`);
    }
    const ends = [person.word?.until, person.leftAloneUntil].filter((at) => (at ?? 0) > now);
    if (ends.length > 0) {
      const next = Math.min(...(ends as EpochMs[]));
      person.timer = clock.after(next - now, () => this.settle(id));
    }
    tell(id, this.#judge(person, true).why === undefined);
  }

  verdict(id: AgentId): Verdict & { readonly word?: PresenceWord } {
    const person = this.#people.get(id);
    if (!person) return { why: 'noPhone' };
    const { word } = person;
    return { ...this.#judge(person, false), ...(word ? { word } : {}) };
  }

  /** `forEngine`: a word that comes while we call or speak with them waits for the end of that. */
  #judge({ config, hasPhone, word, leftAloneUntil }: Person, forEngine: boolean): Verdict {
    const { clock, outbound, stateOf } = this.#world;
    const { device, id } = config;
    if (device && !outbound.allows(destinationOf(device))) return { why: 'notAllowed' };
    if (!device && !hasPhone) return { why: 'noPhone' };
    const isBusyWithUs = forEngine && ['offered', 'talking'].includes(stateOf(id) ?? '');
    if (word && word.status !== 'available' && !isBusyWithUs) {
      return { why: 'presence', until: word.until };
    }
    if (leftAloneUntil > clock.now()) return { why: 'failures', until: leftAloneUntil };
    return {};
  }

  #failed(person: Person): void {
    person.failures += 1;
    const beyond = person.failures - FAILURES_MAX;
    if (beyond < 0) return;
    const ms = Math.min(LEFT_ALONE_MS * 2 ** Math.min(beyond, 10), LEFT_ALONE_MS_MAX);
    person.leftAloneUntil = this.#world.clock.now() + ms;
  }
}

function forgetFailures(person: Person): void {
  person.failures = 0;
  person.leftAloneUntil = 0;
}
