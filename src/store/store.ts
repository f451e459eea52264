import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { Seal } from '../lib/seal.ts';
import { within } from '../lib/within.ts';
import { SETTING_DEFAULTS, type Settings } from '../model/settings.ts';
import type { AdminStore } from '../runtime/ports/admin.ts';
import type { TodaySource } from '../runtime/ports/feed.ts';
import type { ContactWriter } from '../runtime/ports/import.ts';
import type {
  Accounts,
  AttemptCounter,
  BindingStore,
  CallMemory,
  ConfigurationSource,
  ContactLookup,
  CredentialStore,
  HealthCheck,
  RecordSink,
} from '../runtime/ports/index.ts';
import type { PoolView, StoreMeters } from '../runtime/ports/meters.ts';
import type { PinVerifier } from '../runtime/ports/objects.ts';
import type { AgentPins } from '../runtime/ports/phones.ts';
import type { Exports } from '../runtime/ports/reports.ts';
import type { PhoneUsers } from '../runtime/ports/supervision.ts';
import type { MessageSink, WebhookOutbox, WebhookStore } from '../runtime/ports/webhooks.ts';
import { type AccessRoom, accessRoom } from './access/access.ts';
import { phoneUsers } from './access/phone-users.ts';
import { attemptCounter, contactAccounts } from './accounts.ts';
import { auditedConfiguration } from './audited.ts';
import { auditedContacts } from './audited-contacts.ts';
import { PostgresBindingStore } from './bindings.ts';
import { cachedReads } from './cached-reads.ts';
import { ConfigurationStore, configurationRepositories } from './configuration.ts';
import { contactWriter } from './contact-writer.ts';
import { idempotencyStore } from './idempotency.ts';
import { LiveSettings } from './live-settings.ts';
import { callMemory, contactLookup, credentialStore, pinVerifier } from './lookups.ts';
import { MIGRATIONS_FOLDER, MigrationError, migrate } from './migrations.ts';
import { entriesOf, type TakeNote } from './notes.ts';
import {
  applicationName,
  coded,
  isHopeless,
  openPool,
  type Pool,
  type Queryable,
  viewOf,
} from './pool.ts';
import { recordsHealth } from './records/health.ts';
import { RecordInserter } from './records/insert.ts';
import { Outbox } from './records/outbox.ts';
import { DurableRecordSink, type RecordStats } from './records/sink.ts';
import { recordExports } from './reports/exports.ts';
import { agentPins } from './repositories/agents.ts';
import { type CalendarPins, calendarPins } from './repositories/calendars.ts';
import { cdrRepository } from './repositories/cdrs.ts';
import { contactRepository } from './repositories/contacts.ts';
import { recordingRepository } from './repositories/recordings.ts';
import { surveyReport } from './repositories/surveys.ts';
import { voicemailRepository } from './repositories/voicemails.ts';
import { webhookOutbox } from './repositories/webhook-outbox.ts';
import { webhookStore } from './repositories/webhooks.ts';
import { type ExampleCompany, seedExample } from './seed.ts';
import { todaySource } from './today.ts';

const CONNECT_MS_MAX = 30_000;
const CONNECT_RETRY_MS = 500;
const HEALTH_MS_MAX = 1_000;
const DATABASE_AWAY =
  'The database does not answer: calls are routed and their records wait, nothing can be looked up or changed. Do not restart before it is back.';
const MIGRATION_MS_MAX = 600_000;

/** Apart, so that a long list for an operator never stands before a caller's look-up or a record. */
const POOLS = {
  admin: { name: 'admin', size: 8, queryMsMax: 15_000 },
  routing: { name: 'routing', size: 6, queryMsMax: 5_000 },
  records: { name: 'records', size: 2, queryMsMax: 5_000 },
  webhooks: { name: 'webhooks', size: 2, queryMsMax: 10_000 },
};

/** What has been changed. */
export type Forgotten = 'configuration' | 'access';

export interface StoreOptions {
  readonly databaseUrl: string;
  /** Records queue in `outbox` below it while the database is away. */
  readonly dataDir: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Of the phones' digests. `centralita` unless given. */
  readonly realm?: string;
  /** What holds as long as nobody has set anything else; absent: the product's defaults. */
  readonly settings?: Settings;
  /** What the trunks' passwords are sealed with; absent: with a key that everybody knows, for tests. */
  readonly sealKey?: string;
  readonly migrationsFolder?: string;
  readonly meters?: StoreMeters;
}

/** The database, as the ports that the rest of the house knows. */
export interface Store {
  /** For the threads that have connections of their own. */
  readonly databaseUrl: string;
  readonly configuration: ConfigurationSource;
  readonly records: RecordSink & MessageSink & { stats(): RecordStats };
  readonly contacts: ContactLookup;
  readonly memory: CallMemory;
  readonly accounts: Accounts;
  readonly attempts: AttemptCounter;
  readonly contactWriter: ContactWriter;
  readonly bindings: BindingStore;
  readonly credentials: CredentialStore;
  readonly pins: PinVerifier;
  readonly phoneUsers: PhoneUsers;
  readonly calendarPins: CalendarPins;
  readonly agentPins: AgentPins;
  readonly today: TodaySource;
  readonly webhooks: WebhookStore;
  readonly webhookOutbox: WebhookOutbox;
  /** For `api` and `feed`. */
  readonly admin: AdminStore & Pick<AccessRoom, 'apiKeys'>;
  readonly ensureAdmin: AccessRoom['ensureAdmin'];
  /** Told after each change of the configuration that this node has made. */
  afterChange(listener: () => Promise<void>): void;
  /** Told when this node has changed what another thread may remember. Returns the way to stop listening. */
  afterForgetting(listener: (what: Forgotten) => void): () => void;
  readonly exports: Exports;
  readonly health: readonly HealthCheck[];
  /** For measures. */
  pools(): readonly PoolView[];
  /** Loads the company into an unused database; true if it did. */
  seedExample(readCompany: () => ExampleCompany): Promise<boolean>;
  /** Idempotent: stores what is pending (in the database or on disk), then lets the connections go. */
  close(): Promise<void>;
}

/**
 * Connects (for up to 30 s, for databases that start at the same time), migrates, and finds what queued on disk.
 * Throws when the database cannot be reached or has another program's tables.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { databaseUrl, log, clock, realm = 'centralita', sealKey = '', meters } = options;
  const means = { realm, seal: new Seal(sealKey) };
  await prepareDatabase(options);
  const admin = openPool(databaseUrl, POOLS.admin, log, meters);
  const routing = openPool(databaseUrl, POOLS.routing, log, meters);
  const writing = openPool(databaseUrl, POOLS.records, log, meters);
  const deliverers = { ...POOLS.webhooks, instance: randomUUID() };
  const delivering = openPool(databaseUrl, deliverers, log, meters);
  const outbox = await Outbox.open(join(options.dataDir, 'outbox'));
  const inserter = new RecordInserter(writing, log, (count) => meters?.deadLetters(count));
  const records = new DurableRecordSink({ inserter, outbox, clock, log });
  const contacts = contactLookup(routing, clock);
  const credentials = credentialStore(routing, clock);
  const bindings = new PostgresBindingStore(routing, clock, log);
  const reads = cachedReads(configurationRepositories(coded(admin), means), clock);
  const settings = new LiveSettings(admin, clock, options.settings ?? SETTING_DEFAULTS);
  await settings.refresh();
  const listeners: (() => Promise<void>)[] = [];
  const configuration = new ConfigurationStore(admin, means, clock, async () => {
    credentials.expire();
    reads.expire();
    doors.forget();
    tellForgotten('configuration');
    await settings.refresh();
    for (const listener of listeners) await listener();
  });
  const forgetting = new Set<(what: Forgotten) => void>();
  const tellForgotten = (what: Forgotten): void => {
    for (const listener of forgetting) listener(what);
  };
  const doors = accessRoom({ admin, routing }, clock, log, settings, () => {
    tellForgotten('access');
  });
  const note: TakeNote = async (what) => {
    for (const entry of entriesOf([what], clock.now())) await doors.audit.record(entry);
  };
  let closed: Promise<void> | undefined;
  const close = async () => {
    bindings.close();
    await doors.close();
    await records.close();
    await Promise.all([admin, routing, writing, delivering].map((pool) => pool.end()));
  };
  return {
    databaseUrl,
    configuration,
    records,
    contacts,
    memory: callMemory(routing, clock),
    accounts: contactAccounts(routing),
    attempts: attemptCounter(routing),
    contactWriter: contactWriter(admin, () => contacts.expire()),
    bindings,
    credentials,
    pins: pinVerifier(routing),
    phoneUsers: phoneUsers(routing),
    calendarPins: calendarPins(routing),
    agentPins: agentPins(routing),
    today: todaySource(admin),
    webhooks: webhookStore(coded(admin)),
    webhookOutbox: webhookOutbox(delivering, applicationName(deliverers)),
    admin: {
      configuration: auditedConfiguration(reads, note),
      changes: configuration,
      contacts: auditedContacts(
        contactRepository(admin, () => contacts.expire()),
        note,
      ),
      cdrs: cdrRepository(coded(admin)),
      voicemails: voicemailRepository(admin),
      recordings: recordingRepository(coded(admin)),
      surveys: surveyReport(coded(admin)),
      access: doors.access,
      apiKeys: doors.apiKeys,
      audit: doors.audit,
      idempotency: idempotencyStore(coded(admin), clock, means.seal),
      settings,
      devices: bindings,
    },
    exports: recordExports(coded(admin)),
    pools: () => [
      viewOf('admin', admin),
      viewOf('routing', routing),
      viewOf('records', writing),
      viewOf('webhooks', delivering),
    ],
    health: [databaseHealth(routing, clock), recordsHealth(records)],
    afterChange: (listener) => void listeners.push(listener),
    afterForgetting(listener) {
      forgetting.add(listener);
      return () => forgetting.delete(listener);
    },
    ensureAdmin: doors.ensureAdmin,
    seedExample: (readCompany) => seedExample(admin, readCompany, means),
    close() {
      closed ??= close();
      return closed;
    },
  };
}

async function prepareDatabase(options: StoreOptions): Promise<void> {
  const { databaseUrl, log, migrationsFolder = MIGRATIONS_FOLDER } = options;
  const limits = { name: 'migrations', size: 1, queryMsMax: MIGRATION_MS_MAX };
  const pool = openPool(databaseUrl, limits, log);
  try {
    await connect(pool, log);
    await migrate(pool, log, migrationsFolder);
  } finally {
    await pool.end();
  }
}

async function connect(pool: Pool, log: Logger): Promise<void> {
  const deadline = performance.now() + CONNECT_MS_MAX;
  for (;;) {
    try {
      await pool.query('SELECT 1');
      return;
    } catch (error) {
      if (isHopeless(error) || performance.now() > deadline) throw error;
      log.warn({ error: String(error) }, 'Waiting for the database');
      await sleep(CONNECT_RETRY_MS);
    }
  }
}

/**
 * Calls are routed without it, and a house that is restarted does not come back before it does: it is said, and no reason
 * to send nobody here. Nor is one that does not answer in time.
 */
function databaseHealth(db: Queryable, clock: Clock): HealthCheck {
  return {
    name: 'database',
    async check() {
      const answer = db.query('SELECT 1').catch(() => undefined);
      if (await within(clock, HEALTH_MS_MAX, answer)) return { ok: true };
      return { ok: true, detail: DATABASE_AWAY };
    },
  };
}

export type { ExampleCompany };
export { MigrationError };
