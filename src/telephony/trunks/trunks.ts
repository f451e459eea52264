import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { TrunkState, TrunkWithSecret } from '../../model/trunk.ts';
import type { Destination } from '../../runtime/ports/index.ts';
import { requestWithin } from '../request-within.ts';
import type { SipFailure } from '../sip-failure.ts';
import { Registration } from './registration.ts';
import { Sources } from './sources.ts';
import { Trunk } from './trunk.ts';

export interface TrunksOptions {
  readonly srf: Srf;
  readonly clock: Clock;
  readonly log: Logger;
  newId(): string;
  /** 0 to 1, for the shares of trunks of one priority. */
  random(): number;
}

const OPTIONS_MS_MAX = 4_000;
/** How often names of hosts are asked for again. */
const NAMES_MS = 300_000;

/** A trunk in use, with what goes on around it. */
interface Kept {
  readonly trunk: Trunk;
  readonly sources: Sources;
  readonly given: TrunkWithSecret;
  ping: Timer | undefined;
}

/** All trunks in use: which one a call goes by, and which one it came by. */
export class Trunks {
  readonly #options: TrunksOptions;
  #kept: readonly Kept[] = [];
  #names: Timer | undefined;
  #signallingUp = false;

  constructor(options: TrunksOptions) {
    this.#options = options;
  }

  /** What is the same as before goes on undisturbed; the rest begins anew, its counts with it. */
  configure(trunks: readonly TrunkWithSecret[]): void {
    const before = this.#kept;
    this.#kept = trunks.map(
      (given) => before.find((old) => isSame(old.given, given)) ?? this.#keep(given),
    );
    for (const old of before) if (!this.#kept.includes(old)) stop(old);
    if (this.#signallingUp) {
      for (const one of this.#kept) if (!before.includes(one)) this.#begin(one);
    }
    this.#learnNames();
  }

  get all(): readonly Trunk[] {
    return this.#kept.map(({ trunk }) => trunk);
  }

  states(): readonly TrunkState[] {
    return this.all.map(({ state }) => state);
  }

  /** Best first: the healthy before the others, then by priority, then by lot according to weight. */
  waysTo(to: Destination): readonly Trunk[] {
    const usable = this.all.filter((trunk) => trunk.config.enabled && trunk.serves(to));
    const luck = new Map(usable.map((trunk) => [trunk, this.#luck(trunk.config.weight)]));
    const luckOf = (trunk: Trunk): number => luck.get(trunk) ?? 0;
    return [...usable].sort(
      (a, b) =>
        Number(a.isTroubled) - Number(b.isTroubled) ||
        a.config.priority - b.config.priority ||
        luckOf(b) - luckOf(a),
    );
  }

  /** Whose call it is that comes from there. */
  ofSource(address: string, port: number): Trunk | undefined {
    return this.#kept.find(
      ({ trunk, sources }) => trunk.config.enabled && sources.include(address, port),
    )?.trunk;
  }

  /** The connection to drachtio has come, or gone. */
  signalling(up: boolean): void {
    this.#signallingUp = up;
    for (const one of this.#kept) {
      if (up) this.#begin(one);
      else one.ping?.cancel();
    }
  }

  close(): void {
    this.#names?.cancel();
    for (const one of this.#kept) stop(one);
  }

  /** Efraimidis and Spirakis' weighted order: each share is as large as its weight. */
  #luck(weight: number): number {
    return weight === 0 ? 0 : this.#options.random() ** (1 / weight);
  }

  #keep(given: TrunkWithSecret): Kept {
    const { clock, log, srf, newId } = this.#options;
    const { password, ...config } = given;
    const trunk = new Trunk({ config, ...(password ? { password } : {}), clock, log });
    const { username, registerSeconds: seconds, uri } = config;
    if (config.enabled && seconds > 0 && username) {
      const { host } = trunk;
      const registrar = { trunk: config.id, uri, host, username, password, seconds };
      trunk.registration = new Registration({ ...registrar, srf, clock, log, newId });
    }
    return { trunk, sources: new Sources(), given, ping: undefined };
  }

  #begin(one: Kept): void {
    if (!one.trunk.config.enabled) return;
    one.trunk.registration?.start();
    if (one.trunk.config.optionsSeconds > 0) void this.#ping(one);
  }

  /** Whoever answers is there, whatever the answer: many trunks refuse OPTIONS with 403, 404 or 405. */
  async #ping(one: Kept): Promise<void> {
    const { srf, clock } = this.#options;
    const { uri, optionsSeconds } = one.trunk.config;
    one.ping?.cancel();
    const begun = clock.now();
    try {
      const { status } = await requestWithin(OPTIONS_MS_MAX, clock, srf, uri, {
        method: 'OPTIONS',
      });
      if (status === 408 || status >= 500) one.trunk.health.bad(`OPTIONS: ${status}`);
      else one.trunk.health.good();
    } catch (error) {
      const silent = (error as SipFailure).status === 408;
      one.trunk.health.bad(silent ? 'no response to OPTIONS' : 'OPTIONS could not be sent');
    }
    if (!this.#signallingUp || !this.#kept.includes(one)) return;
    // One that fails is looked at sooner: three failures should not take three intervals.
    const soon = one.trunk.health.problem === undefined ? 1 : 1 / 3;
    const waitMs = Math.max(optionsSeconds * 1_000 * soon - (clock.now() - begun), 500);
    one.ping = clock.after(waitMs, () => void this.#ping(one));
  }

  #learnNames(): void {
    this.#names?.cancel();
    for (const { sources, trunk } of this.#kept) void sources.learn(trunk.config);
    if (this.#kept.length > 0)
      this.#names = this.#options.clock.after(NAMES_MS, () => this.#learnNames());
  }
}

function stop(one: Kept): void {
  one.ping?.cancel();
  one.trunk.registration?.stop();
}

function isSame(
  { password: a, ...one }: TrunkWithSecret,
  { password: b, ...other }: TrunkWithSecret,
) {
  const samePassword = a === undefined ? b === undefined : a.equals(b);
  return samePassword && JSON.stringify(one) === JSON.stringify(other);
}
