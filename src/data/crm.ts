import { CachedLookup } from '../lib/cached-lookup.ts';
import type { Clock, EpochMs } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { KnownCaller } from '../model/contact.ts';
import type { Crm, CrmAnswer, HealthCheck } from '../runtime/ports/index.ts';
import { readCrmAnswer, UnreadableAnswer } from './crm-answer.ts';
import { Failure } from './failure.ts';
import type { Asked } from './flow-requests.ts';
import { HttpClient } from './http-client.ts';
import { Patience } from './patience.ts';
import { signatureHeaders } from './signature.ts';

export interface CrmOptions {
  readonly url: string;
  /** What the webhook is signed with. */
  readonly secret: string;
  /** For an answer, its second attempt included. */
  readonly limitMs: number;
  readonly freshMs: number;
  /** How old an answer may be that is given for want of a newer one. */
  readonly staleMs: number;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAsked: (asked: Asked) => void;
}

const RETRIES = 1;
const CACHE_MAX = 20_000;
const IN_FLIGHT_MAX = 200;

/**
 * Asks a CRM who calls, by a signed webhook (docs/identification.md). It answers within its limit: from memory while
 * fresh, by asking, or with what was true a while ago. Nothing that a CRM says or fails to say ends a call.
 */
export class CrmWebhook implements Crm {
  readonly #options: CrmOptions;
  readonly #url: URL;
  readonly #http = new HttpClient();
  readonly #patience: Patience;
  readonly #lookup: CachedLookup<KnownCaller>;
  /** What was wrong with the last answer, a sentence; undefined: nothing. */
  #trouble: string | undefined;

  constructor(options: CrmOptions) {
    const { clock, freshMs, staleMs, limitMs } = options;
    this.#options = options;
    this.#url = new URL(options.url);
    this.#patience = new Patience(clock);
    this.#lookup = new CachedLookup({
      fetch: (e164) => this.#fetch(e164),
      clock,
      sizeMax: CACHE_MAX,
      freshMs,
      staleMsMax: staleMs,
      waitMsMax: limitMs,
      inFlightMax: IN_FLIGHT_MAX,
    });
  }

  async byNumber(e164: string): Promise<CrmAnswer> {
    const { clock, freshMs } = this.#options;
    const startedAt = clock.now();
    const answer = await this.#lookup.get(e164);
    if (answer.known && clock.now() - answer.at > freshMs) this.#count('stale', startedAt);
    return answer;
  }

  /** The PIN is in the question only, and neither is remembered. Rejects when the CRM does not answer. */
  async ownerOf(account: string, pin: string): Promise<KnownCaller | undefined> {
    return this.#ask({ type: 'caller.verify', account, pin });
  }

  /** Never unwell: calls go on without a CRM. But an operator wants to know. */
  readonly health: HealthCheck = {
    name: 'crm',
    check: async () => {
      if (this.#trouble === undefined) return { ok: true };
      const rest = this.#patience.isOpen ? ' It is left in peace for a while.' : '';
      return { ok: true, detail: `${this.#trouble}${rest}` };
    },
  };

  close(): void {
    this.#http.close();
  }

  #fetch(number: string): Promise<KnownCaller | undefined> {
    return this.#ask({ type: 'caller.identify', number });
  }

  async #ask(question: Readonly<Record<string, string>>): Promise<KnownCaller | undefined> {
    const { limitMs, clock } = this.#options;
    const startedAt = clock.now();
    try {
      const json = await this.#patience.ask(
        { limitMs, retries: RETRIES },
        // Whoever hangs up leaves the answer to the memory.
        new AbortController().signal,
        (signal) => this.#attempt(JSON.stringify(question), signal),
      );
      // Read out here: who answers in time is not to be left in peace, whatever the answer is worth.
      const { caller, unused } = readCrmAnswer(json);
      this.#answered(unused, startedAt);
      return caller;
    } catch (error) {
      this.#failed(error as Failure, startedAt);
      throw error;
    }
  }

  #answered(unused: readonly string[], startedAt: EpochMs): void {
    const isWhole = unused.length === 0;
    const fields = unused.join(', ');
    this.#trouble = isWhole ? undefined : `The CRM answers; what cannot be used: ${fields}.`;
    this.#count(isWhole ? 'ok' : 'partial', startedAt);
    if (!isWhole)
      this.#options.log.warn({ fields }, 'Not all of what the CRM answered can be used');
  }

  #failed(failure: Failure, startedAt: EpochMs): void {
    const { why, status } = failure;
    const field = failure instanceof UnreadableAnswer ? failure.field : undefined;
    const reason = [why, status, field].filter((part) => part !== undefined).join(' ');
    const verb = field === undefined ? 'did not answer' : 'answered with what cannot be read';
    this.#trouble = `The CRM ${verb} (${reason}); callers are known from memory and contacts.`;
    this.#count(why, startedAt);
    const details = {
      why,
      ...(status === undefined ? {} : { status }),
      ...(field ? { field } : {}),
    };
    this.#options.log.warn(details, `The CRM ${verb}`);
  }

  /** Its JSON. Signed anew each time: a signature is good for the moment. */
  async #attempt(body: string, signal: AbortSignal): Promise<unknown> {
    const { secret, clock } = this.#options;
    const headers = {
      'content-type': 'application/json',
      ...signatureHeaders(secret, body, clock.now()),
    };
    const message = { method: 'POST', url: this.#url, headers, body };
    const { status, json } = await this.#http.send(message, signal);
    if (status === 404) return { contact: null };
    if (status < 200 || status > 299) throw new Failure('status', status);
    return json;
  }

  #count(outcome: string, startedAt: EpochMs): void {
    const { clock, onAsked } = this.#options;
    const tookMs = clock.now() - startedAt;
    onAsked({ purpose: 'crm', host: this.#url.host, outcome, tookMs });
  }
}
