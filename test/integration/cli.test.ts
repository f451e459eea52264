import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createNetServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { parse } from 'yaml';
import { read, run } from '../../src/cli/cli.ts';
import { Client } from '../../src/cli/client.ts';
import { CommandError } from '../../src/cli/errors.ts';
import { callId, queueId } from '../../src/model/ids.ts';
import { startTestApi, TEST_API_KEY, type TestApi } from '../support/api.ts';
import { writeCertificate } from '../support/certificate.ts';

// The command line against the API over a socket, as somebody types it at night.

const DOCUMENT = {
  name: 'Ventas',
  languages: ['es-MX'],
  start: 'cola',
  prompts: {},
  nodes: { cola: { type: 'queue', queue: 'ventas' } },
};
const CALL = callId('0d4f6f6e-6f0e-4d2b-9d3b-0f6f0a6b7c11');
const ANI = '+525555550001';

let api: TestApi;
let base = '';
let folder = '';
before(async () => {
  api = await startTestApi();
  await api.app.listen({ host: '127.0.0.1', port: 0 });
  base = `http://127.0.0.1:${(api.app.server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'cli-'));
  const document = {
    queues: [{ id: 'ventas', name: 'Ventas' }],
    flows: [{ id: 'principal', document: DOCUMENT }],
    calendars: [
      {
        id: 'tienda',
        name: 'Tienda',
        zone: 'UTC',
        hours: [{ days: ['mon'], from: '08:00', to: '20:00' }],
      },
    ],
    agents: [{ id: '1001', name: 'Carmen\u202E Ruiz', extension: '1001', queueIds: ['ventas'] }],
  };
  const made = await api.request(
    'POST',
    '/v1/configuration/apply',
    { document },
    { 'if-match': '*' },
  );
  assert.equal(made.status, 200, made.text);
});
after(async () => {
  await api.stop();
  await rm(folder, { recursive: true });
});

interface Typed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function type(
  line: string,
  more: { key?: string; url?: string; answer?: string } = {},
): Promise<Typed> {
  let out = '';
  let err = '';
  try {
    const request = read(line.split(' '));
    if ('help' in request) return { code: 0, out: request.help, err };
    const code = await run(request, {
      client: new Client(more.url ?? base, more.key ?? TEST_API_KEY),
      json: request.values.json === true,
      interactive: false,
      zone: 'UTC',
      now: Date.now,
      out: (text) => {
        out += text;
      },
      err: (text) => {
        err += text;
      },
      ask: async () => more.answer,
      sleep: async () => undefined,
    });
    return { code, out, err };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { code: error.exitCode, out, err: error.message };
  }
}

test('what cannot be typed, a wrong key and a server that is away are said in a sentence', async () => {
  const nobody = createNetServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  await new Promise((resolve) => nobody.close(resolve));
  const cases = [
    [await type('quues'), 2, /no command quues\. Did you mean: queues\?$/],
    [await type('config lnt'), 2, /config lint\?$/],
    [await type('--json'), 2, /Which command\? --json alone is none/],
    [await type('why'), 2, /As in: centralita why CALL\|NUMBER/],
    [await type('queues --wach'), 2, /wach/],
    [
      await type('agents', { key: 'x' }),
      1,
      /^The key is not known here, or the session is over\. Another one goes into CENTRALITA_KEY/,
    ],
    [
      await type('agents', { url: `http://127.0.0.1:${port}` }),
      3,
      /does not answer at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\): nothing listens there\. Does it run\?/,
    ],
    [await type('close nada --reason x'), 1, /^There is no calendar nada\.\n$/],
    [await type('signout 9999'), 1, /^There is no agent 9999\.\n$/],
    [await type('close tienda --reason x --until soon'), 2, /^--until: 45m, 2h, 90d, or a time/],
    [await type('key make W --scopes agents:read --expires 12'), 2, /^--expires: 45m, 2h/],
    [
      await type('config export /nowhere/x.yaml'),
      2,
      /^\/nowhere\/x\.yaml cannot be written: ENOENT/,
    ],
    [
      await type('config diff config/example/company.yaml', { key: 'x' }),
      2,
      /key is not known here/,
    ],
    [await type('config diff /nowhere.yaml'), 2, /\/nowhere\.yaml cannot be read/],
  ] as const;
  for (const [{ code, err }, wanted, words] of cases) {
    assert.match(err, words);
    assert.equal(code, wanted, err);
  }
  assert.match((await type('--help')).out, /config apply/);
});

test('a key that is wrong, over, revoked or for something else: each is said, with what to do', async () => {
  const make = async (scopes: string[]) =>
    (await api.request('POST', '/v1/keys', { name: 'Wallboard', scopes })).body;
  const [over, revoked, narrow] = [
    await make(['agents:read']),
    await make(['agents:read']),
    await make(['contacts:read']),
  ];
  const expired = `UPDATE api_keys SET expires_at = '2026-01-31T12:00:00Z' WHERE id = '${over.id}'`;
  const sql = new pg.Client(api.database.databaseUrl);
  await sql.connect();
  await sql.query(expired);
  await sql.end();
  assert.equal((await api.request('DELETE', `/v1/keys/${revoked.id}`)).status, 204);
  const another = 'Another one goes into CENTRALITA_KEY or --key.\n';
  const cases = [
    ['', 1, 'A key is needed: it goes into CENTRALITA_KEY or --key.\n'],
    [over.key, 1, `The key expired at 2026-01-31T12:00:00.000Z. ${another}`],
    [
      revoked.key,
      1,
      /^The key was revoked at 20\d\d-\d\d-\d\dT[^ ]*Z\. Another one goes into .*\n$/,
    ],
    [
      narrow.key,
      1,
      /^.* Wallboard would need the scope agents:read for this\. `key list` says .*\n$/,
    ],
    [
      `${narrow.key}ñ`,
      2,
      /^The key in CENTRALITA_KEY or --key has blanks or letters that no key has/,
    ],
  ] as const;
  for (const [key, code, words] of cases) {
    const typed = await type('agents', { key });
    assert.equal(typed.code, code, typed.err);
    if (typeof words === 'string') assert.equal(typed.err, words);
    else assert.match(typed.err, words);
    assert.equal(typed.out, '');
  }
  const short = await type('key make Visita --scopes agents:read --expires 90d');
  const { body: listed } = await api.request('GET', '/v1/keys?q=Visita');
  const until = Date.parse(listed.items[0].expiresAt) - Date.now();
  assert.deepEqual([short.code, Math.round(until / 86_400_000)], [0, 90], short.err);
  const fromFile = await type('queues', { key: ` ${TEST_API_KEY}\r\n` });
  assert.equal(fromFile.code, 0, fromFile.err);
});

test('an address where nobody is, or somebody else: what it is, and what to do', async (t) => {
  const ports: number[] = [];
  const at = async (server: Server, scheme = 'http') => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    ports.push((server.address() as AddressInfo).port);
    return `${scheme}://127.0.0.1:${ports.at(-1)}`;
  };
  const { certificate, key } = writeCertificate(folder);
  const pem = { cert: await readFile(certificate), key: await readFile(key) };
  const page = (status: number, headers = {}, body = '<html>') =>
    createServer((_request, response) => void response.writeHead(status, headers).end(body));
  const banner = createNetServer((socket) => void socket.end('SSH-2.0-x\r\n'));
  const silent = createNetServer((socket) => void socket.end());
  const secure = () => createTlsServer(pem, (_request, response) => void response.end('{}'));
  const cases: [url: string, code: number, words: RegExp][] = [
    ['127.0.0.1:8080', 2, /^127\.0\.0\.1:8080 is no address of Centralita: .* as http:\/\/127/],
    ['ftp://127.0.0.1', 2, /is no address/],
    [`${base}/?x=1`, 2, /is no address/],
    [base.replace('http:', 'https:'), 3, /speaks no TLS there\. Is it http:\/\/ \?/],
    [await at(secure(), 'https'), 3, /nobody vouches for its certificate.*NODE_EXTRA_CA_CERTS/],
    [await at(secure()), 3, /closed without an answer\. Does it want https:\/\/ \?/],
    [await at(silent), 3, /closed without an answer/],
    [await at(banner), 3, /what listens there speaks no HTTP/],
    [await at(page(200)), 3, /What answers at .* \(with 200\) is not Centralita/],
    [await at(page(404)), 3, /\(with 404\) is not Centralita/],
    [await at(page(401, {}, '{"error":"no"}')), 3, /\(with 401\) is not Centralita/],
    [await at(page(302, { location: `${base}/` })), 3, /sends on to http.*no key gets astray/],
  ];
  for (const [url, code, words] of cases)
    for (const line of ['agents', 'status', 'why 8005550100']) {
      const typed = await type(line, { url });
      assert.match(typed.err, words, `${line} ${url}`);
      assert.deepEqual([typed.code, typed.out], [code, ''], typed.err);
      assert.match(typed.err.trimEnd(), /^[^\n]+$/, 'one line');
    }
});

test('queues, agents and calls at a glance, and the same for machines', async () => {
  api.control.calls = [
    {
      id: CALL,
      stage: 'queued',
      arrivedAt: Date.now() - 75_000,
      queueId: queueId('ventas'),
      position: 1,
      context: {
        ani: ANI,
        dnis: '8005550100',
        status: 'unknown',
        language: 'es-MX',
        variables: {},
      },
    },
  ];
  assert.match((await type('status')).out, /1 calls, 0 of 1 agents signed in/);
  assert.match(
    (await type('agents')).out,
    /1001 {3}Carmen Ruiz {2}1001/,
    'nothing steers the terminal',
  );
  assert.match((await type('calls')).out, /queued {2}1:1[0-9] {2}\+525555550001 .* ventas #1/);
  const machines = JSON.parse((await type('--json queues')).out);
  assert.equal(machines[0].id, 'ventas');
});

test('a call that waits gets another priority, and is sent elsewhere', async () => {
  const raised = await type('priority 5550001 9');
  assert.deepEqual([raised.code, raised.out], [0, `Priority 9: ${CALL}, position 1\n`]);
  assert.equal(JSON.parse((await type(`--json priority ${CALL} 8`)).out).priority, 8);
  assert.equal((await type(`priority ${CALL} 11`)).code, 1);
  assert.equal((await type(`priority ${CALL} high`)).code, 2);
  assert.equal((await type('transfer 5550001 --queue soporte')).out, `Transferred: ${CALL}\n`);
  assert.equal((await type(`transfer ${CALL} --flow principal --node menu`)).code, 0);
  assert.deepEqual(api.control.moved, [
    { id: CALL, to: { queue: 'soporte' } },
    { id: CALL, to: { flow: 'principal', node: 'menu' } },
  ]);
  assert.equal((await type(`transfer ${CALL} --queue soporte --agent 1002`)).code, 2);
  assert.equal((await type(`transfer ${CALL} --node menu`)).code, 2);
  assert.equal((await type('transfer nobody --queue soporte')).code, 1);
});

test('a call is found by its caller’s number, and ended', async () => {
  assert.equal((await type('hangup 5550001')).code, 0);
  assert.deepEqual(api.control.hungUp, [CALL]);
});

test('a call is followed to its record, with the log’s lines in between', async () => {
  const at = Date.UTC(2026, 10, 22, 9);
  const { records } = api.store;
  const event = (seq: number, afterMs: number, kind: string, data: object) =>
    records.event({ callId: CALL, seq, at: at + afterMs, type: kind, data } as never);
  event(1, 0, 'call.arrived', { dnis: '8005550100' });
  event(2, 4_000, 'call.queued', { queueId: 'ventas' });
  records.cdr({
    callId: CALL,
    sipCallId: 'abc@example.com',
    dnis: '8005550100',
    ani: ANI,
    status: 'unknown',
    arrivedAt: at,
    endedAt: at + 9_000,
    waitMs: 5_000,
    talkMs: 0,
    outcome: 'abandoned',
    endedBy: 'caller',
    variables: {},
  } as never);
  await records.flush();
  const log = join(folder, 'log');
  const line = (afterMs: number, msg: string, id: string) =>
    JSON.stringify({ level: 30, time: new Date(at + afterMs).toISOString(), callId: id, msg });
  await writeFile(
    log,
    [line(2_000, 'A prompt was late', CALL), line(2_000, 'Other', 'x')].join('\n'),
  );
  const { out, code } = await type(`follow ${ANI} --log ${log}`);
  assert.equal(code, 0, out);
  assert.match(
    out,
    /0\.000 call\.arrived .*\n +2\.000 log A prompt was late\n +4\.000 call\.queued {2}queueId=ventas\n/,
  );
  assert.match(out, /outcome: abandoned/);
  assert.equal(out.includes('Other'), false);
});

test('a site is closed and opened, an agent is signed out', async () => {
  assert.match(
    (await type('close tienda --reason Fuga --until 2h')).out,
    /tienda is closed \(emergency\) now, opens/,
  );
  assert.match((await type('open tienda')).out, /tienda is (open|closed) now/);
  assert.match((await type('close tienda')).err, /--reason/);
  assert.equal((await type('signout 1001')).code, 0);
  assert.deepEqual(api.control.commands.at(-1), { type: 'agent.signOut', agentId: '1001' });
});

test('O8 the configuration goes out to a file, is compared, asked about and applied', async () => {
  const file = join(folder, 'config.yaml');
  assert.equal((await type(`config export ${file}`)).code, 0);
  assert.equal((await type(`config diff ${file}`)).code, 0, 'what was exported changes nothing');
  const yaml = await readFile(file, 'utf8');
  assert.equal((await type('config export -')).out, yaml, 'no file called -');
  assert.match(yaml, /from: "08:00"/, 'no tool takes a time for a number');
  assert.equal(parse(yaml).agents[0].extension, '1001');
  await writeFile(file, yaml.replace('name: Ventas\n', 'name: Ventas\n    wrapUpMs: 15000\n'));
  const diff = await type(`config diff ${file}`);
  assert.equal(diff.code, 1);
  assert.match(diff.out, /~ queues\/ventas\n {4}wrapUpMs: 15000\n/);
  assert.equal((await type(`config apply ${file}`)).code, 2, 'nobody is there to be asked');
  assert.match((await type(`config apply ${file}`, { answer: 'n' })).err, /Nothing was changed/);
  const applied = await type(`config apply ${file}`, { answer: 'y' });
  assert.deepEqual([applied.code, /Done/.test(applied.out)], [0, true]);
  assert.equal((await type(`config diff ${file}`)).code, 0);
  await writeFile(file, 'queues:\n  - { id: ventas, name: Ventas, wrapUp: 1 }\n');
  assert.match((await type(`config diff ${file}`)).err, /2:33: queues\.0: .*wrapUp/);
  await writeFile(file, Buffer.from('queues:\n  - { id: ventas, name: Atención }\n', 'latin1'));
  assert.match((await type(`config diff ${file}`)).err, /2:31: is not UTF-8/);
});

test('of many queues those are seen where somebody waits or works', async () => {
  const queues = Array.from({ length: 40 }, (_, n) => ({ id: `cola-${n}`, name: `Cola ${n}` }));
  const document = { document: { queues } };
  const made = await api.request('POST', '/v1/configuration/apply', document, { 'if-match': '*' });
  assert.equal(made.status, 200, made.text);
  const { out } = await type('status');
  assert.match(out, /^\d+ more where nobody waits and nobody is signed in: centralita queues\.$/m);
  assert.doesNotMatch(out, /cola-7/);
  assert.match((await type('queues')).out, /cola-7/);
});
