import {
  type Challenge,
  type Challenged,
  type Credentials,
  challengeOf,
  isStale,
  type ProofHeader,
  proofFor,
  type SipHeaders,
} from './digest-answer.ts';

/** Proxies one behind the other, and stale nonces: more answers than this lead nowhere. */
const ANSWERS_MAX = 4;

/**
 * What one request has to prove. Each proxy on its way, and whoever is at its end, may ask for a proof, one after the
 * other (RFC 3261 section 22.3): from then on it gets one in every attempt.
 */
export class Proofs {
  readonly #credentials: Credentials | undefined;
  /** By whom they were made; with how often each was answered. */
  readonly #challenges = new Map<string, { readonly challenge: Challenge; uses: number }>();
  #answers = 0;

  constructor(credentials: Credentials | undefined) {
    this.#credentials = credentials;
  }

  /**
   * Headers for the next attempt at the request that got this response. Undefined: it has asked for nothing that we
   * have, or does not believe what it was given.
   */
  after(
    status: number,
    response: SipHeaders,
    request: Challenged,
  ): Record<string, string> | undefined {
    const credentials = this.#credentials;
    if ((status !== 401 && status !== 407) || !credentials) return undefined;
    const challenge = challengeOf(status, response);
    if (!challenge || this.#answers >= ANSWERS_MAX) return undefined;
    const by = `${challenge.answeredBy} ${challenge.params.realm}`;
    if (this.#challenges.has(by) && !isStale(challenge)) return undefined;
    this.#answers += 1;
    this.#challenges.set(by, { challenge, uses: 0 });
    return this.#headers(request, credentials);
  }

  /** A header of several lines: commas are what separates the parameters of one. */
  #headers(request: Challenged, credentials: Credentials): Record<string, string> {
    const lines: Partial<Record<ProofHeader, string>> = {};
    for (const made of this.#challenges.values()) {
      const { answeredBy: name } = made.challenge;
      made.uses += 1;
      const proof = proofFor(made.challenge, request, credentials, made.uses);
      lines[name] = name in lines ? `${lines[name]}\r\n${name}: ${proof}` : proof;
    }
    return lines;
  }
}
