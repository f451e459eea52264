import type { Clock } from '../lib/clock.ts';
import { Hidden } from '../lib/hidden.ts';
import { valueAt } from '../lib/json-pointer.ts';
import type { Logger } from '../lib/log.ts';
import type { FlowRequests, RequestAnswer, RequestOrder } from '../runtime/ports/index.ts';
import { AnswerCache } from './answer-cache.ts';
import { type AllowedDestinations, Destinations } from './destinations.ts';
import { Failure } from './failure.ts';
import { HttpClient, type HttpMessage } from './http-client.ts';
import { Patience } from './patience.ts';

/** What was asked of whom and what came of it, for measures. `outcome`: `ok`, `cached`, `abandoned`, or why it failed. */
export interface Asked {
  readonly purpose: 'flow' | 'crm';
  readonly host: string;
  readonly outcome: string;
  readonly tookMs: number;
}

export interface FlowRequestOptions {
  readonly allowed: AllowedDestinations;
  /** Tokens by the name that flows call them by. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAsked: (asked: Asked) => void;
}

type Piece = RequestOrder['headers'][string][number];

/** As long as a flow's own variables may be. */
const VALUE_CHARACTERS_MAX = 1_000;

/** Flows' questions to the company's systems, to allowed hosts only. */
export class FlowRequestService implements FlowRequests {
  readonly #options: FlowRequestOptions;
  readonly #destinations: Destinations;
  readonly #http: HttpClient;
  readonly #cache: AnswerCache<Extract<RequestAnswer, { ok: true }>>;
  /** By host and port: as many as the operator allowed. */
  readonly #patience = new Map<string, Patience>();

  constructor(options: FlowRequestOptions) {
    this.#options = options;
    this.#destinations = new Destinations(options.allowed);
    this.#http = new HttpClient(this.#destinations.lookup);
    this.#cache = new AnswerCache(options.clock);
  }

  async send(order: RequestOrder, signal: AbortSignal): Promise<RequestAnswer> {
    const { clock, onAsked } = this.#options;
    const startedAt = clock.now();
    const url = URL.canParse(order.url) ? new URL(order.url) : undefined;
    const host = url?.host ?? '';
    const { answer, outcome } = await this.#answer(order, url, signal);
    onAsked({ purpose: 'flow', host, outcome, tookMs: clock.now() - startedAt });
    if (!answer.ok && outcome !== 'abandoned') this.#warn(host, answer);
    return answer;
  }

  close(): void {
    this.#http.close();
  }

  /** The outcome is for the measures: `ok`, `cached`, `abandoned` by the caller, or why it failed. */
  async #answer(
    order: RequestOrder,
    url: URL | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly answer: RequestAnswer; readonly outcome: string }> {
    const key = JSON.stringify([order.url, order.headers, order.set]);
    const known = order.cacheMs > 0 ? this.#cache.get(key) : undefined;
    if (known) return { answer: known, outcome: 'cached' };
    try {
      if (!url) throw new Failure('notAllowed');
      const answer = await this.#ask(order, url, signal);
      if (order.cacheMs > 0) this.#cache.put(key, answer, order.cacheMs);
      return { answer, outcome: 'ok' };
    } catch (error) {
      const { why, status } = error instanceof Failure ? error : new Failure('unreachable');
      const answer = { ok: false, why, ...(status === undefined ? {} : { status }) } as const;
      return { answer, outcome: signal.aborted ? 'abandoned' : why };
    }
  }

  /** Neither address nor answer: they may tell who calls. */
  #warn(host: string, { ok: _, ...failure }: Extract<RequestAnswer, { ok: false }>): void {
    this.#options.log.warn({ host, ...failure }, 'A request of a flow failed');
  }

  async #ask(
    order: RequestOrder,
    url: URL,
    signal: AbortSignal,
  ): Promise<Extract<RequestAnswer, { ok: true }>> {
    this.#destinations.check(url);
    const message = this.#messageOf(order, url);
    const { status, json } = await this.#patienceWith(url).ask(order, signal, async (attempt) => {
      const reply = await this.#http.send(message, attempt);
      if (reply.status < 200 || reply.status > 299) throw new Failure('status', reply.status);
      return reply;
    });
    return { ok: true, status, variables: variablesOf(json, order.set) };
  }

  #messageOf({ method, headers, body }: RequestOrder, url: URL): HttpMessage {
    const filled = Object.entries(headers).map(([name, pieces]) => [
      name,
      pieces.map((piece) => this.#textOf(piece)).join(''),
    ]);
    return {
      method,
      url,
      headers: {
        ...Object.fromEntries(filled),
        ...(body ? { 'content-type': body.contentType } : {}),
      },
      ...(body ? { body: Hidden.reveal(body.text, '') } : {}),
    };
  }

  #textOf(piece: Piece): string {
    if (piece instanceof Hidden) return Hidden.reveal(piece, '');
    return typeof piece === 'string' ? piece : this.#secret(piece.secret);
  }

  #secret(name: string): string {
    const secret = this.#options.secrets.get(name);
    if (secret !== undefined) return secret;
    this.#options.log.error({ name }, 'A flow names a secret that is not in the environment');
    throw new Failure('secret');
  }

  #patienceWith({ host }: URL): Patience {
    const known = this.#patience.get(host) ?? new Patience(this.#options.clock);
    this.#patience.set(host, known);
    return known;
  }
}

/** What the answer does not have, or has as an object or a list, is left out. */
function variablesOf(json: unknown, set: RequestOrder['set']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(set).flatMap(([name, pointer]) => {
      const value = valueAt(json, pointer);
      if (!['string', 'number', 'boolean'].includes(typeof value)) return [];
      return [[name, String(value).slice(0, VALUE_CHARACTERS_MAX)]];
    }),
  );
}
