import type Srf from 'drachtio-srf';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { TrunkState, TrunkWithSecret } from '../../model/trunk.ts';
import type { Destination } from '../../runtime/ports/index.ts';
import { requestWithin } from '../request-within.ts';
import type { SipFailure } from '../sip-failure.ts';
import { type Account, Registration } from './registration.ts';
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
/** … and while one leads nowhere: until then the calls of its trunk are a stranger's. */
const NAMES_UNKNOWN_MS = 10_000;

/** A trunk in use, with what goes on around it. */
interface Kept {
  readonly trunk: Trunk;
  readonly sources: Sources;
  given: TrunkWithSecret;
  /** Which of the loops that ask for its health is the present one. */
  round: number;
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

  /** What has changed does so in place: calls in progress count, and no provider is told that we have gone. */
  configure(trunks: readonly TrunkWithSecret[]): void {
    const before = this.#kept;
    this.#kept = trunks.map((given) => {
      const one = before.find((old) => old.given.id === given.id);
      return one ? this.#change(one, given) : this.#keep(given);
    });
    for (const old of before) if (!this.#kept.includes(old)) stop(old);
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
      if (up) {
        one.trunk.registration?.start();
        this.#watch(one);
      } else rest(one);
    }
  }

  close(): void {
    this.#names?.cancel();
    this.#names = undefined;
    for (const one of this.#kept) stop(one);
  }

  /** Efraimidis and Spirakis' weighted order: each share is as large as its weight. */
  #luck(weight: number): number {
    return weight === 0 ? 0 : this.#options.random() ** (1 / weight);
  }

  #keep(given: TrunkWithSecret): Kept {
    const { clock, log } = this.#options;
    const trunk = new Trunk({ given, clock, log });
    const one = { trunk, sources: new Sources(), given, round: 0, ping: undefined };
    this.#register(one);
    this.#watch(one);
    return one;
  }

  #change(one: Kept, given: TrunkWithSecret): Kept {
    if (isSame(one.given, given)) return one;
    one.given = given;
    one.trunk.become(given);
    this.#register(one);
    this.#watch(one);
    return one;
  }

  #register({ trunk, given }: Kept): void {
    const account = accountOf(given, trunk.host);
    const before = trunk.registration;
    if (account && before?.isFor(account)) return before.become(account);
    before?.stop();
    trunk.registration =
      account && new Registration(account, { ...this.#options, trunk: given.id });
    if (this.#signallingUp) trunk.registration?.start();
  }

  #watch(one: Kept): void {
    one.ping?.cancel();
    one.round += 1;
    const { enabled, optionsSeconds } = one.given;
    if (this.#signallingUp && enabled && optionsSeconds > 0) void this.#ping(one, one.round);
  }

  /** Whoever answers is there, whatever the answer: many trunks refuse OPTIONS with 403, 404 or 405. */
  async #ping(one: Kept, round: number): Promise<void> {
    const { srf, clock } = this.#options;
    const { uri, optionsSeconds } = one.trunk.config;
    const begun = clock.now();
    const asked = requestWithin(OPTIONS_MS_MAX, clock, srf, uri, { method: 'OPTIONS' });
    const problem = await asked.then(problemSaid, problemMet);
    if (round !== one.round) return;
    if (problem === undefined) one.trunk.health.good();
    else one.trunk.health.bad(problem);
    // One that fails is looked at sooner: three failures should not take three intervals.
    const soon = one.trunk.health.problem === undefined ? 1 : 1 / 3;
    const waitMs = Math.max(optionsSeconds * 1_000 * soon - (clock.now() - begun), 500);
    one.ping = clock.after(waitMs, () => void this.#ping(one, round));
  }

  #learnNames(): void {
    const kept = this.#kept;
    const again = (ms: number): Timer => this.#options.clock.after(ms, () => this.#learnNames());
    this.#names?.cancel();
    const timer = kept.length > 0 ? again(NAMES_MS) : undefined;
    this.#names = timer;
    void Promise.all(kept.map(({ sources, trunk }) => sources.learn(trunk.config))).then(() => {
      if (this.#names !== timer || !kept.some(({ sources }) => sources.isIncomplete)) return;
      timer?.cancel();
      this.#names = again(NAMES_UNKNOWN_MS);
    });
  }
}

/** There is no way to speak with it. */
function rest(one: Kept): void {
  one.ping?.cancel();
  one.round += 1;
  one.trunk.registration?.pause();
}

function stop(one: Kept): void {
  rest(one);
  one.trunk.registration?.stop();
}

const accountOf = (
  { enabled, uri, username, password, registerSeconds: seconds }: TrunkWithSecret,
  host: string,
): Account | undefined =>
  enabled && seconds > 0 && username ? { uri, host, username, password, seconds } : undefined;

const problemSaid = ({ status }: Srf.SrfResponse): string | undefined =>
  status === 408 || status >= 500 ? `OPTIONS: ${status}` : undefined;

const problemMet = (error: unknown): string =>
  (error as SipFailure).status === 408 ? 'no response to OPTIONS' : 'OPTIONS could not be sent';

function isSame(
  { password: a, ...one }: TrunkWithSecret,
  { password: b, ...other }: TrunkWithSecret,
) {
  const samePassword = a === undefined ? b === undefined : a.equals(b);
  return samePassword && JSON.stringify(one) === JSON.stringify(other);
}
