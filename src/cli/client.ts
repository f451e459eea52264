import { away, refused } from './errors.ts';

/** Longer than the slowest answer: a large configuration whose flows are spoken first. */
const ANSWER_MS_MAX = 60_000;
const PAGE = 500;
/** Nobody reads more on a terminal. */
const ITEMS_MAX = 10_000;

export interface Answer {
  readonly text: string;
  readonly headers: Headers;
}

export interface SendOptions {
  readonly accept?: string;
  readonly contentType?: string;
  /** A string and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly ifMatch?: string;
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly errors?: readonly { readonly detail: string }[];
}

/** The API of a running Centralita. Whatever it refuses is thrown as a sentence for people. */
export class Client {
  readonly #base: string;
  readonly #key: string;

  constructor(base: string, key: string) {
    this.#base = base.replace(/\/+$/, '');
    this.#key = key;
  }

  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { accept = 'application/json', body, ifMatch } = options;
    const contentType = options.contentType ?? 'application/json';
    const response = await this.#fetch(path, {
      method,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      headers: {
        accept,
        ...(this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` }),
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
          }),
    });
    const text = await response.text();
    if (response.ok) return { text, headers: response.headers };
    throw refused(this.#wordsFor(response.status, text));
  }

  async json<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    const { text } = await this.send(method, path, options);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>('GET', path);
  }

  /** Undefined: there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    const response = await this.#fetch(path, {
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      headers: { authorization: `Bearer ${this.#key}` },
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (response.ok) return JSON.parse(text) as T;
    throw refused(this.#wordsFor(response.status, text));
  }

  /** What /readyz says, also when it says that something is wrong. */
  async health<T>(): Promise<T> {
    const response = await this.#fetch('/readyz', { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await response.text();
    const known = problemIn(text) as { readonly checks?: unknown } | undefined;
    if (known?.checks) return known as T;
    throw refused(this.#wordsFor(response.status, text));
  }

  /** Every item of a list, page by page. */
  async list<T>(path: string, max = ITEMS_MAX): Promise<readonly T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const query = `limit=${Math.min(PAGE, max)}${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`;
      const page: { items: T[]; nextCursor?: string } = await this.get(
        `${path}${path.includes('?') ? '&' : '?'}${query}`,
      );
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== undefined && items.length < max);
    return items.slice(0, max);
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#base}${path}`, init);
    } catch (error) {
      const { cause, name } = error as Error & { cause?: Error & { code?: string } };
      const why = name === 'TimeoutError' ? 'it takes too long' : (cause?.code ?? cause?.message);
      throw away(
        `Centralita does not answer at ${this.#base} (${why ?? (error as Error).message}). ` +
          'Does it run? Another address goes into CENTRALITA_URL or --url.',
      );
    }
  }

  #wordsFor(status: number, text: string): string {
    const problem = problemIn(text);
    if (status === 401) {
      const what =
        this.#key === '' ? 'A key is needed' : 'The key is not known there, or no longer valid';
      return `${what}: it goes into CENTRALITA_KEY or --key.`;
    }
    if (!problem) return `Centralita answers ${status}. Is it Centralita at ${this.#base}?`;
    const { title = '', detail = '', errors = [] } = problem;
    const details = errors.map((error) => error.detail).filter((one) => one !== detail);
    return [`${title} ${detail}`.trim(), ...details.map((one) => `  ${one}`)].join('\n');
  }
}

function problemIn(text: string): Problem | undefined {
  try {
    return JSON.parse(text) as Problem;
  } catch {
    return undefined;
  }
}
