import { type CommandError, refused, usageError } from './errors.ts';
import { moved, noAnswer, notCentralita } from './failures.ts';

/** Who typed another port should not wait for long. */
const ANSWER_MS_MAX = 30_000;
const PAGE = 500;
/** Nobody reads more on a terminal. */
const ITEMS_MAX = 10_000;

export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export interface SendOptions {
  readonly accept?: string;
  readonly contentType?: string;
  /** A string and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  readonly ifMatch?: string;
  /** What is known to take longer says so. */
  readonly answerMsMax?: number;
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

  /** Throws what cannot be an address, or a key. */
  constructor(base: string, key: string) {
    this.#base = addressOf(base);
    this.#key = keyOf(key);
  }

  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { accept = 'application/json', body, ifMatch, answerMsMax } = options;
    const contentType = options.contentType ?? 'application/json';
    const request = {
      method,
      headers: {
        accept,
        ...this.#credentials(),
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined
        ? {}
        : {
            body:
              typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
          }),
    };
    const answer = await this.#fetch(path, request, answerMsMax);
    if (answer.ok) return answer;
    throw this.#refusal(answer);
  }

  async json<T>(method: string, path: string, options: SendOptions = {}): Promise<T> {
    const answer = await this.send(method, path, options);
    return (answer.text === '' ? undefined : this.#read(answer)) as T;
  }

  get<T>(path: string): Promise<T> {
    return this.json<T>('GET', path);
  }

  /** Undefined: there is no such thing. */
  async find<T>(path: string): Promise<T | undefined> {
    const answer = await this.#fetch(path, { headers: this.#credentials() });
    if (answer.ok) return this.#read(answer) as T;
    if (answer.status === 404 && problemIn(answer.text)) return undefined;
    throw this.#refusal(answer);
  }

  /** What /readyz says, also when it says that something is wrong. */
  async health<T>(): Promise<T> {
    const answer = await this.#fetch('/readyz', {});
    const known = jsonIn(answer.text) as { readonly checks?: unknown } | undefined;
    if (known?.checks) return known as T;
    throw this.#refusal(answer);
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

  /** The whole answer. What would lead elsewhere is not followed: the key is for nobody else. */
  async #fetch(path: string, init: RequestInit, answerMsMax = ANSWER_MS_MAX): Promise<Answer> {
    try {
      const signal = AbortSignal.timeout(answerMsMax);
      const response = await fetch(`${this.#base}${path}`, { redirect: 'manual', signal, ...init });
      const { ok, status, headers } = response;
      return { ok, status, headers, text: await response.text() };
    } catch (error) {
      throw noAnswer(this.#base, error);
    }
  }

  #credentials(): Readonly<Record<string, string>> {
    return this.#key === '' ? {} : { authorization: `Bearer ${this.#key}` };
  }

  #read({ text, status }: Answer): unknown {
    const value = jsonIn(text);
    if (value === undefined) throw notCentralita(this.#base, status);
    return value;
  }

  #refusal({ status, text, headers }: Answer): CommandError {
    const location = headers.get('location');
    if (status >= 300 && status < 400 && location) return moved(this.#base, location);
    const problem = problemIn(text);
    if (!problem) return notCentralita(this.#base, status);
    const { title = '', detail = '', errors = [] } = problem;
    if (status === 401 && this.#key === '')
      return refused('A key is needed: it goes into CENTRALITA_KEY or --key.');
    if (status === 401) return refused(`${detail} Another one goes into CENTRALITA_KEY or --key.`);
    const more = problem.code === 'FORBIDDEN' ? ' `key list` says what each key may do.' : '';
    const details = errors.map((error) => error.detail).filter((one) => one !== detail);
    // What there is none of is named by the sentence itself.
    const words = status === 404 && detail !== '' ? detail : `${title} ${detail}`.trim();
    return refused([words + more, ...details.map((one) => `  ${one}`)].join('\n'));
  }
}

function addressOf(typed: string): string {
  const url = URL.canParse(typed) ? new URL(typed) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash)
    throw usageError(
      `${typed} is no address of Centralita: one in CENTRALITA_URL or --url is as http://127.0.0.1:8080`,
    );
  return url.href.replace(/\/+$/, '');
}

/** Without what a file or a console puts around it. */
function keyOf(typed: string): string {
  const key = typed.trim();
  if (/^[!-~]*$/.test(key)) return key;
  throw usageError('The key in CENTRALITA_KEY or --key has blanks or letters that no key has.');
}

function problemIn(text: string): Problem | undefined {
  const value = Object(jsonIn(text)) as Problem;
  return typeof value.code === 'string' ? value : undefined;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
