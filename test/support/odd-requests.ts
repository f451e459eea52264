import { connect } from 'node:net';
import type { Random } from '../../src/lib/random.ts';
import { within } from './eventually.ts';

/** An operation of the OpenAPI document, and the names of what its query may have. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly queries: readonly string[];
}

/** A request as nobody should send it. */
export interface OddRequest {
  /** What is odd about it: the header's name, or `query`. */
  readonly kind: string;
  readonly head: string;
  readonly body: string;
  /** It says to be longer than it is: nothing more comes, and no answer need. */
  readonly isCut: boolean;
}

const LONG = 'x'.repeat(3_000);
const HUGE = 'x'.repeat(20_000);
const TEXTS = [
  '',
  ' ',
  '*',
  '"',
  '""',
  'W/"1"',
  '"9999999999999999999"',
  ',,,',
  '\u00ff',
  '\t',
  LONG,
  '-1',
  "' OR 1=1 --",
  '../../x',
  'null',
];
const CURSORS = [
  'x',
  'W10',
  'e30',
  'WyIiXQ',
  'WzEsMiwzXQ',
  'bnVsbA',
  '9'.repeat(900),
  '%FF',
  '%00',
  '%zz',
  '',
  '%ED%A0%80',
];

const anyOf = (name: string, values: readonly string[]) => (dice: Random) => [
  `${name}: ${dice.pick(values)}`,
];
const twice = (name: string, values: readonly string[]) => (dice: Random) => [
  ...anyOf(name, values)(dice),
  ...anyOf(name, values)(dice),
];

/** By what is odd about them: lines of a head. */
const HEADERS: Readonly<Record<string, (dice: Random) => readonly string[]>> = {
  'if-match': anyOf('If-Match', TEXTS),
  'if-none-match': anyOf('If-None-Match', TEXTS),
  'idempotency-key': anyOf('Idempotency-Key', [...TEXTS, 'k', 'k'.repeat(201)]),
  range: anyOf('Range', [
    'bytes=0-',
    'bytes=-0',
    'bytes=9-1',
    'bytes=0-0,2-3',
    'bytes=99999999999999999999-',
    'lines=1-2',
    ...TEXTS,
  ]),
  accept: anyOf('Accept', [
    'text/html',
    'application/yaml;q=9',
    '*/*;q=',
    'audio/*',
    'text/csv',
    ';;',
    ...TEXTS,
  ]),
  'accept-encoding': anyOf('Accept-Encoding', ['gzip;q=0, *;q=0', 'br;q=2', ...TEXTS]),
  'content-type': anyOf('Content-Type', [
    'application/json; charset=utf-16',
    'application/yaml',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'text/csv',
    'audio/wav',
    'a/b/c',
    ...TEXTS,
  ]),
  'content-encoding': anyOf('Content-Encoding', ['gzip', 'identity, br', ...TEXTS]),
  cookie: anyOf('Cookie', [
    'centralita_session=',
    'centralita_session=x; centralita_session=y',
    '=;=',
    ...TEXTS,
  ]),
  origin: anyOf('Origin', ['null', 'http://', 'x://y:z', ...TEXTS]),
  expect: anyOf('Expect', ['100-continue', '200-ok', ...TEXTS]),
  upgrade: (dice) => [
    'Connection: upgrade',
    ...anyOf('Upgrade', ['websocket', 'h2c', ...TEXTS])(dice),
  ],
  'x-forwarded-for': anyOf('X-Forwarded-For', ['1.2.3.4, ::1', '999.1.1.1', ...TEXTS]),
  'if-match twice': twice('If-Match', ['"1"', '*']),
  'key twice': twice('X-API-Key', ['x', 'y']),
  'authorization twice': anyOf('Authorization', ['Bearer x', 'Basic eDp5', ...TEXTS]),
  'host twice': anyOf('Host', ['x', '', 'a:b:c']),
  'too long': (dice) => [`X-${dice.pick(['A', 'B'])}: ${HUGE}`],
  'too many': () => Array.from({ length: 150 }, (_, n) => `X-${n}: y`),
};

/** What is said of a body, and what comes. */
const BODIES: Readonly<
  Record<string, (dice: Random) => { readonly lines: readonly string[]; readonly body: string }>
> = {
  'length too long': (dice) => ({ lines: json(dice.pick([3, 99, 900_000])), body: '{}' }),
  'length too short': () => ({ lines: json(1), body: '{"id":"x"}' }),
  'no length': (dice) => ({
    lines: json(dice.pick(['-1', 'x', '1e3', '', '0x2', '5, 5', '99999999999999999999'])),
    body: '{}',
  }),
  'two lengths': () => ({ lines: [...json(2), 'Content-Length: 3'], body: '{}' }),
  'length and chunks': () => ({
    lines: [...json(4), 'Transfer-Encoding: chunked'],
    body: '2\r\n{}\r\n0\r\n\r\n',
  }),
  'odd coding': (dice) => ({
    lines: [
      'Content-Type: application/json',
      `Transfer-Encoding: ${dice.pick(['identity', 'gzip', 'chunked, identity', 'xchunked', ''])}`,
    ],
    body: '{}',
  }),
  'odd chunks': (dice) => ({
    lines: ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
    body: dice.pick([
      'zz\r\n{}\r\n',
      '-1\r\n',
      'ffffffffffffffffff\r\n{}',
      '2;x=y\r\n{}\r\n0\r\nX: y\r\n\r\n',
    ]),
  }),
  'chunks that end': (dice) => ({
    lines: ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
    body: dice.pick(['2\r\n{}', '2\r\n{}\r\n', '5']),
  }),
  'odd body': (dice) => {
    const body = dice.pick(['', '{', 'null', '[]', '"x"', '{"a":'.repeat(2_000), '\u0000']);
    return { lines: json(Buffer.byteLength(body)), body };
  },
};

const json = (length: number | string): readonly string[] => [
  'Content-Type: application/json',
  `Content-Length: ${length}`,
];

const CUT: ReadonlySet<string> = new Set(['length too long', 'chunks that end']);

export const KINDS: readonly string[] = ['query', ...Object.keys(HEADERS), ...Object.keys(BODIES)];

/** A request of that kind to the operation. `key`: it is let in. */
export function oddRequest(
  operation: Operation,
  kind: string,
  dice: Random,
  key: string,
): OddRequest {
  const { method, path } = operation;
  const url = path
    .replace('{version}', '1')
    .replace('{dnis}', '123')
    .replace(/\{\w+\}/g, 'x');
  const target = kind === 'query' ? `${url}?${oddQuery(operation, dice)}` : url;
  const told = BODIES[kind]?.(dice);
  const lines = [...(HEADERS[kind]?.(dice) ?? []), ...(told?.lines ?? bodyless(method))];
  const own = ['Host: x', 'Connection: close', `Authorization: Bearer ${key}`];
  const head = `${method} ${target} HTTP/1.1\r\n${[...own, ...lines].join('\r\n')}\r\n\r\n`;
  return { kind, head, body: told?.body ?? '', isCut: CUT.has(kind) };
}

const bodyless = (method: string): readonly string[] =>
  method === 'GET' || method === 'HEAD' ? [] : ['Content-Length: 0'];

function oddQuery({ queries }: Operation, dice: Random): string {
  const strange = ['cursor', 'limit', 'sort', 'fields', 'order', '__proto__', 'a[b]'];
  const names = queries.length > 0 && dice.chance(0.8) ? queries : strange;
  const pairs = Array.from({ length: dice.between(1, 4) }, () => {
    const value = dice.chance(0.5) ? dice.pick(CURSORS) : encodeURIComponent(dice.pick(TEXTS));
    return `${dice.pick(names)}=${value}`;
  });
  return pairs.join('&');
}

export interface RawAnswer {
  /** 0: the connection was closed without one. */
  readonly status: number;
  readonly text: string;
}

const ANSWER_MS_MAX = 10_000;
/** Enough to see what it is, of an answer however long. */
const KEPT_CHARS = 20_000;

/** Sends it, and reads until the other end has nothing more to say. Of what is cut, it says that nothing more comes. */
export function sendRaw(port: number, { head, body, isCut }: OddRequest): Promise<RawAnswer> {
  const answered = new Promise<RawAnswer>((resolve) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      if (text.length < KEPT_CHARS) text += chunk;
    });
    socket.on('error', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      const final = text.replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, '');
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(final)?.[1] ?? 0), text: final });
    });
    const bytes = Buffer.from(head + body, 'latin1');
    if (isCut) socket.end(bytes);
    else socket.write(bytes);
  });
  return within('an answer', answered, ANSWER_MS_MAX);
}
