import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { buildApi } from '../../src/api/app.ts';
import { ALLOWANCE_MS } from '../../src/api/plugins/rate-limit.ts';
import { Archive } from '../../src/archive/archive.ts';
import { RecordingFolder } from '../../src/archive/folder.ts';
import { feedDocument } from '../../src/feed/asyncapi.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { newUuid } from '../../src/lib/ids.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { Seal } from '../../src/lib/seal.ts';
import { SharedCounts } from '../../src/lib/shared-counts.ts';
import { ContactImports } from '../../src/runtime/contact-import/imports.ts';
import { createLinter } from '../../src/runtime/linter.ts';
import type { FlowChecker } from '../../src/runtime/ports/index.ts';
import type { StoreMeters } from '../../src/runtime/ports/meters.ts';
import { Uploads } from '../../src/speech/uploads.ts';
import { Bureau } from '../../src/store/reports/bureau.ts';
import { Sender } from '../../src/webhooks/sender.ts';
import { openWebhooks, type Webhooks } from '../../src/webhooks/webhooks.ts';
import { FakeControl, fakeDesk, fakeTalk } from './fake-control.ts';
import { FakeExplainer } from './fake-explainer.ts';
import { FakePeople } from './fake-people.ts';
import { FakeRecordingDesk } from './fake-recording-desk.ts';
import { FakeSupervisionDesk } from './fake-supervision-desk.ts';
import { startTestStore, type TestStore } from './postgres.ts';

export const TEST_API_KEY = 'a-key-that-only-tests-know';

export interface TestApi extends TestStore {
  readonly app: FastifyInstance;
  /** Where it counts what is asked of it. */
  readonly allowances: SharedArrayBuffer;
  /** The folder of callers' messages. */
  readonly recordings: string;
  readonly control: FakeControl;
  readonly steered: FakeRecordingDesk;
  readonly people: FakePeople;
  readonly explainer: FakeExplainer;
  /** May send to loopback; tries thrice. */
  readonly webhooks: Webhooks;
  /** How many webhooks were given up so far. */
  deadLetters(): number;
  /** Sends JSON (a string: as it is) with the key, without a socket. */
  request(
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire has no type yet.
  readonly body: any;
}

/** Wants an object with a name, and queues that exist: enough to see that it is asked. */
const flowChecker: FlowChecker = {
  schema: { title: 'Flow' },
  checkMessage: () => [],
  check(document, known) {
    const { name, queue } = document as { name?: unknown; queue?: string };
    const problems: string[] = [];
    if (typeof name !== 'string') problems.push('name: expected a text');
    if (queue !== undefined && !known.queueIds.includes(queue))
      problems.push(`queue: there is no queue ${queue}`);
    return problems;
  },
};

/** The API over a real PostgreSQL of its own and an engine that does what the test says. */
export async function startTestApi(
  { isBehindFront }: { readonly isBehindFront: boolean } = { isBehindFront: false },
): Promise<TestApi> {
  let deadLetters = 0;
  const onDeadLetters = (count: number): void => {
    deadLetters += count;
  };
  const meters: StoreMeters = { queried: () => undefined, deadLetters: onDeadLetters };
  const test = await startTestStore({ meters });
  const { store } = test;
  await store.admin.apiKeys.ensureAdminKey(TEST_API_KEY);
  const recordings = mkdtempSync(join(tmpdir(), 'recordings-'));
  const control = new FakeControl();
  const explainer = new FakeExplainer();
  const steered = new FakeRecordingDesk();
  const people = new FakePeople();
  const folderOfConversations = new RecordingFolder(join(recordings, 'conversations'));
  const contactImports = await ContactImports.open({
    folder: join(test.database.dataDir, 'imports'),
    writer: store.contactWriter,
    clock: systemClock,
    log: silentLogger,
    newId: newUuid,
  });
  const folder = await mkdtemp(join(tmpdir(), 'uploads-'));
  const library = await Uploads.open(folder, systemClock, silentLogger);
  const webhooks = await testWebhooks(store, systemClock, onDeadLetters);
  store.afterChange(() => webhooks.changed());
  const bureau = new Bureau(
    {
      databaseUrl: test.database.databaseUrl,
      zone: 'Europe/Madrid',
      everyMs: 0,
      keeping: { recordMonths: 24, figureMonths: 60 },
    },
    systemClock,
    silentLogger,
  );
  const allowances = SharedCounts.memory();
  const app = await buildApi({
    contactImports,
    webhooks: webhooks.desk,
    store: store.admin,
    rateLimits: {
      get keyPerMinute() {
        return store.admin.settings.current.requestsPerMinute;
      },
      counts: new SharedCounts(allowances, ALLOWANCE_MS),
    },
    control,
    talk: fakeTalk(control),
    agentDesk: fakeDesk(control),
    explainer,
    // Most flows of these tests are none that the interpreter knows.
    linter: createLinter(
      { load: async () => ({ ...(await store.configuration.load()), flows: [], numbers: [] }) },
      { recordings: async () => (name, language) => library.find(name, language) !== undefined },
    ),
    feedDocument: feedDocument('0.0.0-test'),
    flowChecker,
    trunks: { states: () => [] },
    library,
    flowPreparer: { prepare: async () => ({ rendered: 1, cached: 0, failed: 0, late: false }) },
    health: store.health,
    metrics: new Registry(),
    recordings: {
      fileOf: (id) => join(recordings, `${id}.wav`),
      remove: (id) => rmSync(join(recordings, `${id}.wav`), { force: true }),
    },
    archive: new Archive(folderOfConversations, undefined),
    recordingDesk: steered,
    reports: bureau,
    exports: store.exports,
    zone: 'Europe/Madrid',
    people,
    supervisionDesk: new FakeSupervisionDesk(),
    clock: systemClock,
    log: silentLogger,
    isBehindFront,
    version: '0.0.0-test',
  });
  return {
    ...test,
    recordings,
    steered,
    people,
    app,
    allowances,
    control,
    explainer,
    webhooks,
    deadLetters: () => deadLetters,
    async request(method, url, body, more = {}) {
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers: {
          authorization: `Bearer ${TEST_API_KEY}`,
          ...more,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { payload: body as object }),
      });
      const text = answer.payload;
      const isJson = /[/+]json(;|$)/.test(String(answer.headers['content-type']));
      const parsed = isJson && text !== '' ? JSON.parse(text) : undefined;
      return { status: answer.statusCode, headers: answer.headers, text, body: parsed };
    },
    async stop() {
      await app.close();
      await bureau.close();
      await contactImports.close();
      await webhooks.close();
      await test.stop();
      await rm(folder, { recursive: true });
      rmSync(recordings, { recursive: true, force: true });
    },
  };
}

/** Sends to loopback, for real. */
export const testWebhooks = (
  store: TestStore['store'],
  clock: Clock = systemClock,
  onDeadLetters: (count: number) => void = () => {},
): Promise<Webhooks> =>
  openWebhooks({
    onDeadLetters,
    store: store.webhooks,
    outbox: store.webhookOutbox,
    sink: store.records,
    sender: new Sender({ privateNetworks: ['127.0.0.0/8'], clock, limitMs: 1_000 }),
    // As the store seals, when it has no key.
    seal: new Seal(''),
    persistence: { attemptsMax: 3, giveUpMs: 3_600_000, retryMs: 200 },
    clock,
    log: silentLogger,
    newId: newUuid,
    dice: () => 0,
  });
