/**
 * `npm run bench:phones`: registered phones that refresh every 60 s, with calls under them. Prints JSON.
 *
 *   npm run bench:phones -- [--json] [--phones 500] [--seconds 60]
 */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { type SipResponse, UserAgent } from '../../src/embedded/sip/index.ts';
import { parseDigestCredentials } from '../../src/lib/auth-header.ts';
import { expectedResponse, ha1 } from '../../src/lib/digest.ts';
import type { Person } from '../../test/support/company.ts';
import { measureSetup } from '../calls/setup.ts';
import { Echo } from '../support/echo.ts';
import { distribution } from '../support/percentiles.ts';
import { openTestBench, type TestBench } from '../support/test-bench.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    phones: { type: 'string', default: '500' },
    seconds: { type: 'string', default: '60' },
  },
});
const REFRESH_MS = 60_000;
const CALLS_AT_ONCE = 5;

/** A phone that keeps its nonce, and counts (RFC 7616 section 3.4). */
interface Registered {
  readonly person: Person;
  nonce: string;
  count: number;
}

const bench = await openTestBench();
try {
  process.stdout.write(`${JSON.stringify(await measure(bench), undefined, 2)}\n`);
} finally {
  await bench.close();
}
process.exit();

async function measure(on: TestBench): Promise<unknown> {
  const agent = await UserAgent.open({ host: '127.0.0.1', port: 0 });
  const callers = await PhoneBox.open(on.system.sip);
  const line = await on.company.line();
  const phones: Registered[] = [];
  for (let index = 0; index < Number(values.phones); index += 1)
    phones.push({ person: await on.company.person(line), nonce: '', count: 0 });
  const first = await rounds(on, agent, phones, 5_000);
  const until = performance.now() + Number(values.seconds) * 1_000;
  const echo = await Echo.start();
  let calls = 0;
  const traffic = (async () => {
    for (; performance.now() < until; calls += CALLS_AT_ONCE)
      await measureSetup(callers, CALLS_AT_ONCE, CALLS_AT_ONCE);
  })();
  const refreshes: number[] = [];
  while (performance.now() < until)
    refreshes.push(...(await rounds(on, agent, phones, REFRESH_MS, until)));
  await traffic;
  await agent.close();
  return {
    switch: on.switchKind,
    phones: phones.length,
    calls,
    firstMs: distribution(first),
    refreshMs: distribution(refreshes),
    machineEchoMs: echo.finish(),
  };
}

/** Every phone once, spread evenly; how long each took, until its 200. */
async function rounds(
  on: TestBench,
  agent: UserAgent,
  phones: readonly Registered[],
  spreadMs: number,
  until = Number.POSITIVE_INFINITY,
): Promise<number[]> {
  const taken: Promise<number>[] = [];
  for (const phone of phones) {
    if (performance.now() >= until) break;
    taken.push(register(on, agent, phone));
    await new Promise((resolve) => setTimeout(resolve, spreadMs / phones.length));
  }
  return Promise.all(taken);
}

async function register(on: TestBench, agent: UserAgent, phone: Registered): Promise<number> {
  const began = performance.now();
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const response = await send(on, agent, phone);
    if (response.status === 200) return performance.now() - began;
    const [challenge] = parseDigestCredentials(response.headers.get('www-authenticate') ?? '');
    if (response.status !== 401 || !challenge?.nonce) break;
    phone.nonce = challenge.nonce;
    phone.count = 0;
  }
  throw new Error(`${phone.person.user} could not register.`);
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
