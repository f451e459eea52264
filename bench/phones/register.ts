import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import { type SipResponse, UserAgent } from '../../src/embedded/sip/index.ts';
import { parseDigestCredentials } from '../../src/lib/auth-header.ts';
import { expectedResponse, ha1 } from '../../src/lib/digest.ts';
import type { Person } from '../../test/support/company.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';

/** So long the first registrations take. */
const FIRST_MS = 5_000;
const SETTLE_MS = 2_000;
const CALLS_PER_SECOND = 2;
const CALL_MS = 1_500;
/** The dialogues of the reception are the calls' business; theirs is to be there. */
const MAIN_NUMBER = '8005550100';

export interface RegisterTimes {
  readonly phones: number;
  readonly calls: number;
  /** All of them for the first time, within 5 s: a challenge and its answer. */
  readonly firstMs: Distribution;
  readonly refreshMs: Distribution;
  /** Had no 200: with a database that is away, say. */
  readonly failed: number;
}

export interface RegisterOptions {
  readonly phones: number;
  readonly seconds: number;
  readonly refreshMs: number;
}

/** A phone that keeps its nonce, and counts (RFC 7616 section 3.4). */
interface Registered {
  readonly person: Person;
  nonce: string;
  count: number;
}

/** How soon a phone that refreshes its registration has its 200, with calls under it. */
export async function measureRegisters(
  on: TestBench,
  callers: PhoneBox,
  { phones: count, seconds, refreshMs }: RegisterOptions,
): Promise<RegisterTimes> {
  const agent = await UserAgent.open({ host: '127.0.0.1', port: 0 });
  const line = await on.company.line();
  const people = await on.company.people(count, line);
  const phones = people.map((person): Registered => ({ person, nonce: '', count: 0 }));
  const first = await rounds(on, agent, phones, FIRST_MS);
  // What registering costs behind the answer (rows, questions to the phones) is no part of refreshing.
  await delay(SETTLE_MS);
  const until = performance.now() + seconds * 1_000;
  const traffic = callSteadily(callers, until);
  const refreshes: Taken[] = [];
  while (performance.now() < until)
    refreshes.push(...(await rounds(on, agent, phones, refreshMs, until)));
  const calls = await traffic;
  await agent.close();
  const failed = [...first, ...refreshes].filter((ms) => ms === undefined).length;
  return { phones: count, calls, firstMs: timesOf(first), refreshMs: timesOf(refreshes), failed };
}

/** Calls that are answered, listen a while and hang up. */
async function callSteadily(callers: PhoneBox, until: number): Promise<number> {
  const going: Promise<void>[] = [];
  const one = async (): Promise<void> => {
    const call = await callers.dial(MAIN_NUMBER, { ani: '5555559000' });
    await delay(CALL_MS);
    call.hangUp();
  };
  while (performance.now() < until) {
    going.push(one());
    await delay(1_000 / CALLS_PER_SECOND);
  }
  await Promise.all(going);
  return going.length;
}

/** Undefined: it had no 200. */
type Taken = number | undefined;

const timesOf = (taken: readonly Taken[]): Distribution =>
  distribution(taken.filter((ms) => ms !== undefined));

/** Every phone once, spread evenly; how long each took, until its 200. */
async function rounds(
  on: TestBench,
  agent: UserAgent,
  phones: readonly Registered[],
  spreadMs: number,
  until = Number.POSITIVE_INFINITY,
): Promise<Taken[]> {
  const taken: Promise<Taken>[] = [];
  for (const phone of phones) {
    if (performance.now() >= until) break;
    taken.push(register(on, agent, phone));
    await delay(spreadMs / phones.length);
  }
  return Promise.all(taken);
}

async function register(on: TestBench, agent: UserAgent, phone: Registered): Promise<Taken> {
  const began = performance.now();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const response = await send(on, agent, phone);
    if (response.status === 200) return performance.now() - began;
    const [challenge] = parseDigestCredentials(response.headers.get('www-authenticate') ?? '');
    if (response.status !== 401 || !challenge?.nonce) return undefined;
    phone.nonce = challenge.nonce;
    phone.count = 0;
  }
  return undefined;
}

async function send(on: TestBench, agent: UserAgent, phone: Registered): Promise<SipResponse> {
  const { user } = phone.person;
  const { host, port } = on.system.sip;
  const uri = `sip:${host}:${port}`;
  const outcome = await agent.request('REGISTER', uri, {
    from: `<sip:${user}@${host}>`,
    to: `<sip:${user}@${host}>`,
    headers: [
      ['Contact', `<sip:${user}@127.0.0.1:${agent.port}>`],
      ['Expires', '120'],
      ...proofOf(phone, uri),
    ],
  });
  if (!outcome.ok) throw new Error(`No response to REGISTER: ${outcome.error}`);
  return outcome.value;
}

function proofOf(phone: Registered, uri: string): [string, string][] {
  if (!phone.nonce) return [];
  const { user, password } = phone.person;
  phone.count += 1;
  const nc = phone.count.toString(16).padStart(8, '0');
  const cnonce = randomBytes(8).toString('hex');
  const parts = { algorithm: 'MD5', nonce: phone.nonce, uri, nc, cnonce } as const;
  const response = expectedResponse(parts, ha1('MD5', user, 'centralita', password), 'REGISTER');
  return [
    [
      'Authorization',
      `Digest username="${user}", realm="centralita", nonce="${parts.nonce}", uri="${uri}", response="${response}", algorithm=MD5, qop=auth, nc=${nc}, cnonce="${cnonce}"`,
    ],
  ];
}
