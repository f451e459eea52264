import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import { AddressRefused, NetworkGuard, type Resolve } from '../lib/network-guard.ts';
import type { SendResult } from '../runtime/ports/webhooks.ts';

export interface SenderOptions {
  /** Private networks that may be sent to, and the only ones that may be sent to without TLS. */
  readonly privateNetworks: readonly string[];
  readonly clock: Clock;
  /** Name to answer, answer included. */
  readonly limitMs?: number;
  /** Of tests that bring their own authority. */
  readonly ca?: string;
  /** Of tests that bring their own names. */
  readonly resolve?: Resolve;
}

/** From the first look at the name to the answer's status line; then the message is somebody else's. */
const LIMIT_MS = 10_000;
const SOCKETS_MAX = 10;
const IDLE_MS_MAX = 5_000;
/** What of an answer is read, to use the connection again: nobody looks at it. */
const ANSWER_BYTES_MAX = 16 * 1024;
const RETRY_AFTER_SECONDS_MAX = 3_600;
const URL_CHARS_MAX = 2_000;

/**
 * Posts messages. Redirects are not followed, answers are not read, and no connection is made to an address that may
 * not be (`NetworkGuard`): neither by its number, nor by a name, nor by a name that changes.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #guard: NetworkGuard;
  readonly #lookups: Readonly<Record<string, LookupFunction>>;
  readonly #agents: Readonly<Record<string, http.Agent>>;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#guard = new NetworkGuard(options.privateNetworks, options.resolve);
    const agent = { keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS_MAX };
    this.#agents = {
      'http:': new http.Agent(agent),
      'https:': new https.Agent({ ...agent, ...(options.ca ? { ca: options.ca } : {}) }),
    };
    this.#lookups = {
      'http:': this.#guard.lookupFor((address) => this.#guard.isNamed(address)),
      'https:': this.#guard.lookupFor(),
    };
  }

  /** What is wrong with the address, as far as it can be told without asking anybody; undefined: nothing. */
  objectionTo(text: string): string | undefined {
    const url = parse(text);
    if (!url || text.length > URL_CHARS_MAX) return 'It is no URL, or too long a one.';
    if (url.username !== '' || url.password !== '') return 'A URL must not hold a password.';
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'It must begin with https.';
    const host = hostOf(url);
    const isNumber = isIP(host) !== 0;
    if (isNumber && !this.#guard.permits(host)) return `${host} is a private address.`;
    if (url.protocol === 'https:') return undefined;
    const mayBeNear = isNumber
      ? this.#guard.isNamed(host)
      : this.#options.privateNetworks.length > 0;
    return mayBeNear ? undefined : 'It must begin with https.';
  }

  /** Never rejects. */
  async post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<SendResult> {
    const { clock, limitMs = LIMIT_MS } = this.#options;
    const startedAt = clock.now();
    const tookMs = () => clock.now() - startedAt;
    if (this.objectionTo(url) !== undefined)
      return { ok: false, error: 'addressRefused', tookMs: 0 };
    const limit = new AbortController();
    const timer = clock.after(limitMs, () => limit.abort());
    try {
      const response = await this.#exchange(new URL(url), headers, body, limit.signal);
      const status = response.statusCode ?? 0;
      letGo(response);
      if (status >= 200 && status < 300) return { ok: true, status, tookMs: tookMs() };
      return { ok: false, error: 'status', status, tookMs: tookMs(), ...retryAfter(response) };
    } catch (error) {
      return { ok: false, error: nameOf(error, limit.signal.aborted), tookMs: tookMs() };
    } finally {
      timer.cancel();
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #exchange(
    url: URL,
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const { protocol } = url;
    const options = {
      method: 'POST',
      agent: this.#agents[protocol],
      lookup: this.#lookups[protocol],
      signal,
      headers: {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'user-agent': 'Centralita-Webhooks/1',
        ...headers,
      },
    };
    return new Promise((resolve, reject) => {
      const request = (protocol === 'https:' ? https : http).request(url, options, resolve);
      request.on('error', reject);
      request.end(body);
    });
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

/** Without the brackets of an IPv6 address. */
const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** A short answer frees its connection for the next message; one that does not end loses it. */
function letGo(response: IncomingMessage): void {
  let bytes = 0;
  const timer = setTimeout(() => response.destroy(), IDLE_MS_MAX);
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) response.destroy();
  });
  response.on('error', () => undefined);
  response.on('close', () => clearTimeout(timer));
}

/** RFC 9110 section 10.2.3, the form in seconds. */
function retryAfter({ headers }: IncomingMessage): { readonly retryAfterMs?: number } {
  const text = headers['retry-after'] ?? '';
  if (!/^\d{1,6}$/.test(text)) return {};
  return { retryAfterMs: Math.min(Number(text), RETRY_AFTER_SECONDS_MAX) * 1_000 };
}

function nameOf(error: unknown, isLate: boolean): string {
  if (isLate) return 'timeout';
  if (error instanceof AddressRefused) return 'addressRefused';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO/.test(code) ? 'tls' : 'unreachable';
}
