import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { Failure } from './failure.ts';

/** A message to a system of the company's. */
export interface HttpMessage {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpReply {
  readonly status: number;
  /** The JSON of a 2xx answer; undefined: it had no body, or it is not 2xx. */
  readonly json: unknown;
}

/** An answer for a caller's ear is short; whatever is longer is no such answer. */
export const ANSWER_BYTES_MAX = 64 * 1024;
const SOCKETS_MAX = 64;
const IDLE_MS_MAX = 20_000;

/**
 * HTTP/1.1 with what a call needs: an answer limited in size, JSON or nothing, no redirects, no compression, and
 * connections only to addresses that `lookup` gives. Limits of time are the caller's, by `signal`.
 */
export class HttpClient {
  readonly #lookup: LookupFunction | undefined;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS_MAX }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, timeout: IDLE_MS_MAX }),
  };

  /** Without `lookup`, names lead wherever the machine's resolver says. */
  constructor(lookup?: LookupFunction) {
    this.#lookup = lookup;
  }

  /** Rejects with a {@link Failure}, whatever goes wrong. */
  async send(message: HttpMessage, signal: AbortSignal): Promise<HttpReply> {
    try {
      const response = await this.#exchange(message, signal);
      return await readReply(response);
    } catch (error) {
      if (signal.aborted) throw new Failure('timeout', undefined, error);
      throw failureOf(error);
    }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  #exchange(message: HttpMessage, signal: AbortSignal): Promise<IncomingMessage> {
    const { method, url, headers, body } = message;
    const secure = url.protocol === 'https:';
    const options = {
      method,
      agent: this.#agents[secure ? 'https:' : 'http:'],
      signal,
      ...(this.#lookup ? { lookup: this.#lookup } : {}),
      headers: {
        accept: 'application/json',
        'accept-encoding': 'identity',
        'user-agent': 'Centralita',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
      },
    };
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request(url, options, resolve);
      request.on('error', reject);
      request.end(body);
    });
  }
}

async function readReply(response: IncomingMessage): Promise<HttpReply> {
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    // Nothing in it is of use, and it may be endless.
    response.destroy();
    return { status, json: undefined };
  }
  const body = await readBody(response);
  if (body.length === 0) return { status, json: undefined };
  if (!isJson(response)) throw new Failure('notJson', status);
  try {
    return { status, json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    throw new Failure('notJson', status, error);
  }
}

/** RFC 6839: `application/json`, or anything that says `+json`. */
function isJson({ headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  const type = headers['content-type'] ?? '';
  return encoding === 'identity' && /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type);
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const status = response.statusCode;
  if (Number(response.headers['content-length'] ?? 0) > ANSWER_BYTES_MAX) {
    response.destroy();
    throw new Failure('tooLarge', status);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the response, and its connection.
    if (bytes > ANSWER_BYTES_MAX) throw new Failure('tooLarge', status);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const failureOf = (error: unknown): Failure =>
  error instanceof Failure ? error : new Failure('unreachable', undefined, error);
