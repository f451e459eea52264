import type Srf from 'drachtio-srf';
import type { Clock, EpochMs, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { TrunkState } from '../../model/trunk.ts';
import { requestWithin } from '../request-within.ts';
import type { SipFailure } from '../sip-failure.ts';
import { answerChallenge, type Credentials, type DigestHeader } from './digest-answer.ts';

export interface RegistrationOptions {
  readonly trunk: string;
  /** The registrar: `sip:host:port;transport=udp`. */
  readonly uri: string;
  readonly host: string;
  readonly username: string;
  readonly password: Credentials['password'] | undefined;
  readonly seconds: number;
  readonly srf: Srf;
  readonly clock: Clock;
  readonly log: Logger;
  newId(): string;
}

type State = NonNullable<TrunkState['registration']>;

const ANSWER_MS_MAX = 8_000;
/** Waits between attempts that failed: doubled up to the last. */
const RETRY_MS_FIRST = 2_000;
const RETRY_MS_MAX = 120_000;
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
  #cseq = 0;
  #seconds: number;
  #failures = 0;
  #state: State = { state: 'registering' };
  #timer: Timer | undefined;
  #round = 0;
  #stopped = false;

  constructor(options: RegistrationOptions) {
    this.#options = options;
    this.#callId = options.newId();
    this.#seconds = options.seconds;
  }

  get state(): State {
    return this.#state;
  }

  /** Now, whatever was planned: at the start, and when there is a connection again. */
  start(): void {
    if (this.#stopped) return;
    this.#timer?.cancel();
    this.#round += 1;
    void this.#register(this.#round);
  }

  /** Takes the registration back if there is one, without waiting for an answer. */
  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    if (this.#state.state !== 'registered') return;
    this.#round += 1;
    void this.#exchange(0).catch(() => {});
  }

  async #register(round: number): Promise<void> {
    const outcome = await this.#exchange(this.#seconds).catch((error: unknown) => ({
      problem: nameOf((error as SipFailure).status ?? 503),
      refused: false,
    }));
    if (this.#stopped || round !== this.#round) return;
    if ('seconds' in outcome) this.#registered(outcome.seconds);
    else this.#failed(outcome.problem, outcome.refused);
  }

  /** One REGISTER with all that it takes to have it answered: digests, a longer time. */
  async #exchange(
    seconds: number,
  ): Promise<
    { readonly seconds: number } | { readonly problem: string; readonly refused: boolean }
  > {
    let proof: DigestHeader | undefined;
    let wanted = seconds;
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds += 1) {
      const response = await this.#send(wanted, proof);
      const { status } = response;
      if (status >= 200 && status < 300) return { seconds: this.#granted(response, wanted) };
      if (status === 423) {
        const least = Number(header(response, 'Min-Expires'));
        if (!(least > wanted && least <= SECONDS_MAX)) break;
        wanted = least;
        this.#seconds = least;
      } else if (status === 401 || status === 407) {
        const answer = this.#proofFor(response);
        if (!answer)
          return { problem: 'it asks for a password that we do not have', refused: true };
        if (proof && !answer.stale) return { problem: 'wrong user or password', refused: true };
        proof = answer;
      } else return { problem: nameOf(status), refused: status === 403 || status === 404 };
    }
    return { problem: 'it is never content', refused: false };
  }

  #send(seconds: number, proof: DigestHeader | undefined): Promise<Srf.SrfResponse> {
    const { srf, clock, uri, host, username } = this.#options;
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
        ...(proof ? { [proof.name]: proof.value } : {}),
      },
    });
  }

  #proofFor(response: Srf.SrfResponse): DigestHeader | undefined {
    const { username, password, uri } = this.#options;
    if (!password) return undefined;
    const request = { method: 'REGISTER', uri };
    return answerChallenge(response.status, response, request, { username, password });
  }

  /** The registrar may shorten it, in the contact or for all (section 10.2.4). */
  #granted(response: Srf.SrfResponse, asked: number): number {
    const { username } = this.#options;
    const own = header(response, 'Contact')
      .split(',')
      .find((contact) => contact.includes(`:${username}@`));
    const seconds = Number(/;\s*expires\s*=\s*"?(\d{1,9})/i.exec(own ?? '')?.[1] ?? NaN);
    const forAll = header(response, 'Expires');
    const granted = Number.isNaN(seconds) ? Number(forAll || asked) : seconds;
    return Number.isFinite(granted) ? granted : asked;
  }

  #registered(seconds: number): void {
    const { clock, log, trunk } = this.#options;
    if (this.#state.state !== 'registered') log.info({ trunk, seconds }, 'Registered with a trunk');
    this.#failures = 0;
    const expiresAt: EpochMs = clock.now() + seconds * 1_000;
    this.#state = { state: 'registered', expiresAt };
    this.#again(Math.max(seconds * 1_000 * REFRESH_AT, REFRESH_MS_MIN));
  }

  #failed(problem: string, refused: boolean): void {
    const { log, trunk } = this.#options;
    if (this.#state.problem !== problem)
      log.warn({ trunk, problem }, 'Not registered with a trunk');
    this.#state = { state: 'failed', problem };
    const waitMs = Math.min(RETRY_MS_FIRST * 2 ** this.#failures, RETRY_MS_MAX);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#again(refused ? REFUSED_MS : waitMs);
  }

  #again(afterMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.clock.after(afterMs, () => this.start());
  }
}

const nameOf = (status: number): string =>
  status === 408 ? 'no response to REGISTER' : `REGISTER: ${status}`;

const header = (response: Srf.SrfResponse, name: string): string =>
  response.has(name) ? String(response.get(name)) : '';

const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);
