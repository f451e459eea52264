import { randomBytes } from 'node:crypto';
import { parseDigestCredentials } from '../lib/auth-header.ts';
import type { Clock, EpochMs } from '../lib/clock.ts';
import type { DigestAlgorithm } from '../lib/digest.ts';
import type { Guard } from '../lib/guard.ts';
import type { Logger } from '../lib/log.ts';
import { pause } from '../lib/wait.ts';
import type { CredentialStore, SipCredentials } from '../runtime/ports/index.ts';
import { answers, challenge, type DigestAnswer, readAnswer } from './digest.ts';
import type { Nonces } from './nonces.ts';
import { header, type SipRequest, type SipResponse, sourceOf } from './sip.ts';
import { parseSipUri } from './sip-uri.ts';

export interface Authenticator {
  /**
   * The extension whose password the request proves. Undefined: a challenge or a refusal has been sent, always
   * before the promise resolves, so that nobody takes the request for one that may go on. Never rejects.
   */
  authenticate(req: SipRequest, res: SipResponse, role: Role): Promise<string | undefined>;
}

/** A registrar challenges with 401 (RFC 3261 section 22.2), whoever relays calls with 407 (section 22.3). */
export type Role = 'registrar' | 'proxy';

export interface AuthenticatorOptions {
  readonly credentials: CredentialStore;
  readonly nonces: Nonces;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly log: Logger;
  readonly realm: string;
  /** What phones are asked for, in this order. */
  readonly algorithms: readonly DigestAlgorithm[];
}

const HEADERS = {
  registrar: { status: 401, challenge: 'WWW-Authenticate', answer: 'Authorization' },
  proxy: { status: 407, challenge: 'Proxy-Authenticate', answer: 'Proxy-Authorization' },
} as const;

/**
 * Every refusal goes out this long after its request came in: how long the look-up took, and whether there was
 * anybody to look up, cannot be heard.
 */
export const REFUSAL_MS = 500;
/** Refusals that wait to be sent. Beyond it, everybody is told to come back later. */
const REFUSALS_PENDING_MAX = 1_000;
/** What an extension can look like; nothing else is worth a look-up. */
const NAME = /^[\x21-\x7e]{1,64}$/;
/** A look-up that takes longer counts as one that cannot be had. */
const LOOK_UP_MS_MAX = 2_000;

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  const { credentials, nonces, guard, clock, log, realm, algorithms } = options;
  const nobody: SipCredentials = {
    extension: '',
    ha1Md5: randomBytes(16).toString('hex'),
    ha1Sha256: randomBytes(32).toString('hex'),
  };
  let refusalsPending = 0;

  async function authenticate(
    req: SipRequest,
    res: SipResponse,
    role: Role,
  ): Promise<string | undefined> {
    const { address: source, hostPort } = sourceOf(req);
    const answer = readAnswerTo(req, role);
    if (!answer) return ask(source, res, role, false);
    const count = Number.parseInt(answer.nc, 16);
    // Whether the answer is right is not even looked at: a stale nonce must not become a way to try passwords.
    if (!nonces.isFresh(answer.nonce, source, count)) return ask(source, res, role, true);
    const arrivedAt = clock.now();
    const verdict = await check(answer, req);
    if (verdict === 'away') return end(res, 503);
    if (verdict === 'wrong') return refuse(res, arrivedAt);
    if (!nonces.spend(answer.nonce, count)) return ask(source, res, role, true);
    guard.succeeded(source, answer.username, hostPort);
    return answer.username;
  }

  /** The strongest of the answers for our realm: a phone may send several (RFC 8760 section 2.4). */
  function readAnswerTo(req: SipRequest, role: Role): DigestAnswer | undefined {
    const found = parseDigestCredentials(header(req, HEADERS[role].answer) ?? '')
      .filter((params) => params.realm === realm)
      .map(readAnswer);
    const usable = found.filter((answer) => answer && isAccepted(answer.algorithm));
    return usable.find((answer) => answer?.algorithm === 'SHA-256') ?? usable[0];
  }

  /** SHA-256 is taken from whoever has it; MD5 only where it was asked for. */
  const isAccepted = (algorithm: DigestAlgorithm): boolean =>
    algorithm === 'SHA-256' || algorithms.includes(algorithm);

  async function check(answer: DigestAnswer, req: SipRequest): Promise<'right' | 'wrong' | 'away'> {
    const { username } = answer;
    const { address: source, hostPort } = sourceOf(req);
    if (!NAME.test(username) || !guard.mayTry(source, username, hostPort)) return 'wrong';
    const found = await lookUp(username);
    if (found === 'away') return 'away';
    // Both are computed the same way, so that a name that nobody has costs what a wrong password costs.
    const isAnswerRight = answers(answer, found ?? nobody, req.method);
    if (found && isAnswerRight && isSameResource(answer.uri, req.uri)) return 'right';
    guard.failed(source, username, hostPort);
    log.warn({ source, extension: username }, 'a wrong SIP password, or nobody of that name');
    return 'wrong';
  }

  async function lookUp(extension: string): Promise<SipCredentials | undefined | 'away'> {
    const limit = new Promise<'away'>((resolve) =>
      clock.after(LOOK_UP_MS_MAX, () => resolve('away')),
    );
    try {
      return await Promise.race([credentials.find(extension), limit]);
    } catch (error) {
      log.error({ error: String(error) }, 'SIP credentials could not be looked up');
      return 'away';
    }
  }

  function ask(source: string, res: SipResponse, role: Role, stale: boolean): undefined {
    const { status, challenge: name } = HEADERS[role];
    const nonce = nonces.issue(source);
    // One header line an algorithm: drachtio-srf would join two headers of one name by a comma, and commas are
    // what separates a challenge's parameters.
    const lines = algorithms.map((algorithm) => challenge(algorithm, realm, nonce, stale));
    if (!res.finalResponseSent)
      res.send(status, { headers: { [name]: lines.join(`\r\n${name}: `) } });
  }

  async function refuse(res: SipResponse, arrivedAt: EpochMs): Promise<undefined> {
    if (refusalsPending >= REFUSALS_PENDING_MAX) return end(res, 503);
    refusalsPending++;
    await pause(clock, arrivedAt + REFUSAL_MS - clock.now());
    refusalsPending--;
    return end(res, 403);
  }

  return { authenticate };
}

function end(res: SipResponse, status: number): undefined {
  // A CANCEL, or the end of the connection to drachtio, may have been faster.
  if (!res.finalResponseSent) res.send(status);
}

/**
 * The answer must be for this request (RFC 7616 section 3.4.6). Ports and parameters are left out: proxies and
 * SIP stacks on the way add and remove them.
 */
function isSameResource(signed: string, requested: string): boolean {
  const a = parseSipUri(signed);
  const b = parseSipUri(requested);
  return a !== undefined && b !== undefined && a.user === b.user && a.host === b.host;
}
