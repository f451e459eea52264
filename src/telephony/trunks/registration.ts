import type Srf from 'drachtio-srf';
import type { Clock, EpochMs, Timer } from '../../lib/clock.ts';
import type { Credentials } from '../../lib/digest-answer.ts';
import type { Logger } from '../../lib/log.ts';
import { Proofs } from '../../lib/proofs.ts';
import type { TrunkState } from '../../model/trunk.ts';
import { requestWithin } from '../request-within.ts';
import type { SipFailure } from '../sip-failure.ts';
import { refusalOf } from '../sip-refusal.ts';

/** What a provider has given us. */
export interface Account {
  /** The registrar: `sip:host:port;transport=udp`. */
  readonly uri: string;
  readonly host: string;
  readonly username: string;
  readonly password: Credentials['password'] | undefined;
  readonly seconds: number;
}

export interface RegistrationOptions {
  readonly trunk: string;
  readonly srf: Srf;
  readonly clock: Clock;
  readonly log: Logger;
  newId(): string;
}

type State = NonNullable<TrunkState['registration']>;

type Outcome =
  | { readonly seconds: number }
  | {
      readonly problem: string;
      /** Asking again will not help soon. */
      readonly refused: boolean;
      readonly retryAfterSeconds?: number;
    };

const ANSWER_MS_MAX = 8_000;
/** Waits between attempts that failed: doubled up to the last. */
const RETRY_MS_FIRST = 2_000;
const RETRY_MS_MAX = 120_000;
/** Whoever wants to be left alone is, for so long at most. */
const REST_MS_MAX = 300_000;
/** A password that was refused will not get better soon, and asking often locks accounts. */
const REFUSED_MS = 300_000;
/** Nobody wants to be asked more often, whatever a registrar says. */
const REFRESH_MS_MIN = 5_000;
/** The share of the time granted after which we register again. */
const REFRESH_AT = 0.8;
/** Challenges, stale nonces and a longer minimum: more answers than this lead nowhere. */
const ROUNDS_MAX = 4;
const SECONDS_MAX = 86_400;

/**
 * Tells a provider where we are, and goes on telling (RFC 3261 section 10.2).
 *
 *   registering ──200──▶ registered ──at 80 % of its time──▶ registering
 *       └──refused, silent──▶ failed ──after a wait that grows──▶ registering
 */
export class Registration {
  readonly #options: RegistrationOptions;
  readonly #callId: string;
  #account: Account;
  #cseq = 0;
  #seconds: number;
  #failures = 0;
  #state: State = { state: 'registering' };
  /** Until then the provider calls us. */
  #boundUntil: EpochMs = 0;
  #timer: Timer | undefined;
  #round = 0;
  #stopped = false;

  constructor(account: Account, options: RegistrationOptions) {
    this.#options = options;
    this.#account = account;
    this.#callId = options.newId();
    this.#seconds = account.seconds;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether it is for the same name at the same provider: then one registration takes the place of the other. */
  isFor({ uri, username }: Account): boolean {
    return this.#account.uri === uri && this.#account.username === username;
  }

  /** Another password, or another time. */
  become(account: Account): void {
    const { password, seconds } = this.#account;
    const isSamePassword = password && account.password && password.equals(account.password);
    if (isSamePassword && seconds === account.seconds) return;
    this.#account = account;
    this.#seconds = account.seconds;
    this.start();
  }

  /** Now, whatever was planned: at the start, and when there is a connection, or a provider, again. */
  start(): void {
    if (this.#stopped) return;
    this.pause();
    void this.#register(this.#round);
  }

  /** There is nothing to register by. */
  pause(): void {
    this.#timer?.cancel();
    this.#round += 1;
  }

  /** Takes the registration back if there is one, without waiting for an answer. */
  stop(): void {
    this.pause();
    this.#stopped = true;
    this.#takeBack();
  }

  #takeBack(): void {
    if (this.#options.clock.now() < this.#boundUntil) void this.#exchange(0);
  }

  async #register(round: number): Promise<void> {
    const outcome = await this.#exchange(this.#seconds);
    if ('seconds' in outcome)
      this.#boundUntil = this.#options.clock.now() + outcome.seconds * 1_000;
    // It was too late to say that we do not want it any more.
    if (this.#stopped) this.#takeBack();
    else if (round !== this.#round) return;
    else if ('seconds' in outcome) this.#registered(outcome.seconds);
    else this.#failed(outcome);
  }

  /** One REGISTER with all that it takes to have it answered: digests, a longer time. Never rejects. */
  async #exchange(seconds: number): Promise<Outcome> {
    const { username, password, uri } = this.#account;
    const proofs = new Proofs(password && { username, password });
    let proof: Record<string, string> | undefined;
    let wanted = seconds;
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
      const response = await this.#send(wanted, proof).catch(statusOf);
      if (typeof response === 'number') return { problem: nameOf(response), refused: false };
      const { status } = response;
      if (status >= 200 && status < 300) return { seconds: this.#granted(response, wanted) };
      if (status === 423) {
        const least = Number(header(response, 'Min-Expires'));
        if (!(least > wanted && least <= SECONDS_MAX)) break;
        wanted = least;
        this.#seconds = least;
      } else if (status === 401 || status === 407) {
        const answer = proofs.after(status, response, { method: 'REGISTER', uri });
        if (!answer) return { problem: proof ? WRONG : NO_PASSWORD, refused: true };
        proof = answer;
      } else return refusedWith(response);
    }
    return { problem: 'it is never content', refused: false };
  }

  #send(seconds: number, proof: Readonly<Record<string, string>> = {}): Promise<Srf.SrfResponse> {
    const { srf, clock } = this.#options;
    const { uri, host, username } = this.#account;
    const transport = /;transport=(tcp|tls)/i.exec(uri)?.[0] ?? '';
    this.#cseq += 1;
    return requestWithin(ANSWER_MS_MAX, clock, srf, uri, {
      method: 'REGISTER',
      headers: {
        From: `<sip:${username}@${bracketed(host)}>;tag=${this.#callId.slice(0, 8)}`,
        To: `<sip:${username}@${bracketed(host)}>`,
        'Call-ID': this.#callId,
        CSeq: `${this.#cseq} REGISTER`,
        // drachtio puts its own address in the place of localhost.
        Contact: `<sip:${username}@localhost${transport}>`,
        Expires: String(seconds),
        ...proof,
      },
    });
  }

  /** The registrar may shorten it, in the contact or for all (section 10.2.4). */
  #granted(response: Srf.SrfResponse, asked: number): number {
    const { username } = this.#account;
    const own = header(response, 'Contact')
      .split(',')
      .find((contact) => contact.includes(`:${username}@`));
    const seconds = Number(/;\s*expires\s*=\s*"?(\d{1,9})/i.exec(own ?? '')?.[1] ?? NaN);
    const forAll = header(response, 'Expires');
    const granted = Number.isNaN(seconds) ? Number(forAll || asked) : seconds;
    return Number.isFinite(granted) ? granted : asked;
  }

  #registered(seconds: number): void {
    const { log, trunk } = this.#options;
    if (this.#state.state !== 'registered') log.info({ trunk, seconds }, 'Registered with a trunk');
    this.#failures = 0;
    this.#state = { state: 'registered', expiresAt: this.#boundUntil };
    this.#again(Math.max(seconds * 1_000 * REFRESH_AT, REFRESH_MS_MIN));
  }

  #failed({
    problem,
    refused,
    retryAfterSeconds = 0,
  }: Exclude<Outcome, { seconds: number }>): void {
    const { log, trunk } = this.#options;
    if (this.#state.problem !== problem)
      log.warn({ trunk, problem }, 'Not registered with a trunk');
    this.#state = { state: 'failed', problem };
    const waitMs = Math.min(RETRY_MS_FIRST * 2 ** this.#failures, RETRY_MS_MAX);
    const restMs = Math.min(retryAfterSeconds * 1_000, REST_MS_MAX);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#again(refused ? REFUSED_MS : Math.max(waitMs, restMs));
  }

  #again(afterMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(afterMs, () => this.start());
  }
}

const WRONG = 'wrong user or password';
const NO_PASSWORD = 'it asks for a password that we do not have';

function refusedWith(response: Srf.SrfResponse): Outcome {
  const { status, retryAfterSeconds } = refusalOf({ status: response.status, res: response });
  return {
    problem: nameOf(status),
    refused: status === 403 || status === 404,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

const statusOf = (error: unknown): number => (error as SipFailure).status ?? 503;

const nameOf = (status: number): string =>
  status === 408 ? 'no response to REGISTER' : `REGISTER: ${status}`;

const header = (response: Srf.SrfResponse, name: string): string =>
  response.has(name) ? String(response.get(name)) : '';

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
