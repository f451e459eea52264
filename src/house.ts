import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Srf from 'drachtio-srf';
import type { Registry } from 'prom-client';
import { buildApi } from './api/app.ts';
import { readCompanyFile, readYamlFile } from './company-file.ts';
import type { Config } from './config.ts';
import { openSystems, type Systems } from './data/systems.ts';
import { type Ears, openEars } from './ears.ts';
import { openFeed } from './feed/socket.ts';
import { promptsHealth, switchHealth } from './health.ts';
import { type CompiledFlow, flowChecker, parseFlow } from './ivr/flow.ts';
import { systemClock as clock } from './lib/clock.ts';
import { ClosingTree } from './lib/closing.ts';
import { newUuid as newId } from './lib/ids.ts';
import type { Logger } from './lib/log.ts';
import { within } from './lib/within.ts';
import { createRegistrar } from './registrar/registrar.ts';
import { isScanner } from './registrar/scanners.ts';
import { routeOf } from './registrar/sip-uri.ts';
import { createMeters } from './reporting/meters.ts';
import { createMetrics, measureFloor, measureRecords } from './reporting/metrics.ts';
import { measureAsked } from './reporting/outward.ts';
import { measureSpareVoice } from './reporting/voices.ts';
import { CallCenter } from './runtime/call-center.ts';
import { callerSources } from './runtime/caller-sources.ts';
import { ContactImports } from './runtime/contact-import/imports.ts';
import { createExplainer } from './runtime/explainer.ts';
import { CLOSURE_CODE } from './runtime/feature-codes.ts';
import { createFlowPreparer } from './runtime/flow-preparer.ts';
import { Historian } from './runtime/historian.ts';
import { type OpenedJournal, openJournal } from './runtime/journal.ts';
import { createLinter } from './runtime/linter.ts';
import type { Accounts, ContactLookup, RecordingFolder } from './runtime/ports.ts';
import { createVerifier } from './runtime/verification.ts';
import { keepVoicemails } from './runtime/voicemail-janitor.ts';
import { loadSecrets } from './secrets.ts';
import { openSpeech, type Speech } from './speech/speech.ts';
import { type ExampleCompany, openStore, type Store } from './store/store.ts';
import { openSwitch, type SwitchAddresses } from './switch.ts';
import { DrachtioTelephony } from './telephony/telephony.ts';

const VERSION = '0.1.0';
const OWN_FLOWS = new URL('../config/flows/', import.meta.url);
const EXAMPLE_COMPANY = new URL('../config/example/company.yaml', import.meta.url);
/** The embedded switch is ready long before this; an external one may come later, and does so without us. */
const SWITCH_READY_MS_MAX = 10_000;
const POLL_MS = 50;
/** At the first start nothing is spoken yet: callers should not be the ones to wait for it, nor the start for ever. */
const FIRST_PROMPTS_MS_MAX = 10_000;
/** For the agents who become free in the same instant; ADR 4 has the figures. */
const SPARE_CHANNELS = 4;

/** The whole product, running. */
export interface House {
  /** Made at the first start, when none was given, and shown this once. */
  readonly newApiKey: string | undefined;
  readonly httpAddress: string;
  /** Where phones register; undefined with an external switch, which knows it itself. */
  readonly sipAddress: string | undefined;
  readonly seeded: boolean;
  /** What keeps it from taking calls, for the operator; empty when nothing does. */
  readonly troubles: readonly string[];
  /** Takes no more calls, and resolves when the last one is over or the time is up. */
  drain(limitMs: number): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Opens every room in the order in which they need each other. What was opened is closed again if one fails. */
export async function openHouse(config: Config, log: Logger): Promise<House> {
  const closing = new ClosingTree(log);
  try {
    return await openRooms(config, log, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function openRooms(config: Config, log: Logger, closing: ClosingTree): Promise<House> {
  const { switchSecret } = await loadSecrets(config.dataDir);
  const metrics = createMetrics();
  const [store, addresses, opened, speech] = await Promise.all([
    openDatabase(config, log, closing),
    openSwitch(config, switchSecret, closing, log),
    openCommandJournal(config, log, closing),
    openVoices(config, log, closing, switchSecret, metrics),
  ]);
  const newApiKey = await store.admin.apiKeys.ensureAdminKey(config.adminApiKey);
  const seeded =
    config.seedExample &&
    (await store.seedExample(readCompanyFile<ExampleCompany>(EXAMPLE_COMPANY)));
  const systems = openSystems({ ...config, clock, log, onAsked: measureAsked(metrics) });
  closing.add("the company's systems", () => systems.close());
  const ears = await openEars({ ...config, clock, log, metrics, closing });
  const parts = {
    config,
    log,
    closing,
    store,
    systems,
    addresses,
    opened,
    speech,
    ears,
    metrics,
  };
  const heart = await openCallCenter(parts);
  const { callCenter, telephony } = heart;
  const httpAddress = await openApi(parts, heart);
  await Promise.all([isReady(telephony), heart.prompts]);
  return {
    newApiKey,
    httpAddress,
    sipAddress: addresses.sipAddress,
    seeded,
    get troubles() {
      return telephony.troubles;
    },
    async drain(limitMs) {
      telephony.drain();
      await waitUntil(() => callCenter.callCount === 0, limitMs);
    },
    close: () => closing.close(),
  };
}

async function openDatabase(config: Config, log: Logger, closing: ClosingTree): Promise<Store> {
  const { dataDir, sip } = config;
  const databaseUrl = config.databaseUrl ?? (await openPostgres(dataDir, log, closing));
  const store = await openStore({ databaseUrl, dataDir, log, clock, realm: sip.realm });
  closing.add('store', () => store.close());
  return store;
}

async function openPostgres(dataDir: string, log: Logger, closing: ClosingTree): Promise<string> {
  const { startEmbeddedPostgres } = await import('./embedded/postgres/postgres.ts');
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  closing.add('PostgreSQL', () => postgres.stop());
  return postgres.databaseUrl;
}

interface JournalRoom extends OpenedJournal {
  readonly historian: Historian;
}

async function openCommandJournal(
  { dataDir, journal }: Config,
  log: Logger,
  closing: ClosingTree,
): Promise<JournalRoom> {
  const folder = join(dataDir, 'journal');
  const historian = new Historian({ folder, clock });
  closing.add('historian', () => historian.close());
  const opened = await openJournal({
    folder,
    clock,
    ...journal,
    compact: (job) => historian.compact(job),
    onTrouble: ({ kind, ...facts }) => log.warn({ kind, ...facts }, 'Journal'),
  });
  closing.add('journal', () => opened.journal.close());
  return { ...opened, historian };
}

async function openVoices(
  { dataDir, voices, promptsUrl }: Config,
  log: Logger,
  closing: ClosingTree,
  secret: string,
  metrics: Registry,
): Promise<Speech> {
  const speech = await openSpeech({
    dataDir,
    log,
    voices,
    ...(promptsUrl ? { delivery: { base: promptsUrl, secret } } : {}),
    onSpare: measureSpareVoice(metrics),
  });
  closing.add('voices', () => speech.close());
  return speech;
}

interface Parts {
  readonly config: Config;
  readonly log: Logger;
  readonly closing: ClosingTree;
  readonly store: Store;
  readonly systems: Systems;
  readonly addresses: SwitchAddresses;
  readonly opened: JournalRoom;
  readonly speech: Speech;
  readonly ears: Ears;
  readonly metrics: Registry;
}

function callersOf({ crm }: Config, { contacts }: Store, systems: Systems): ContactLookup {
  return crm && systems.crm ? callerSources(crm.order, contacts, systems.crm) : contacts;
}

function accountsOf({ crm }: Config, { accounts }: Store, systems: Systems): Accounts {
  return crm?.verifies && systems.crm ? systems.crm : accounts;
}

interface Heart {
  readonly callCenter: CallCenter;
  readonly telephony: DrachtioTelephony;
  /** Resolves when what the flows say has been spoken, or is late. */
  readonly prompts: Promise<void>;
}

/** The heart: phones, calls, queues. */
async function openCallCenter({
  config,
  log,
  closing,
  store,
  systems,
  addresses,
  opened,
  speech,
  ears,
  metrics,
}: Parts): Promise<Heart> {
  let spoken: Promise<unknown> = Promise.resolve();
  const srf = new Srf();
  const registrar = createRegistrar({
    credentials: store.credentials,
    store: store.bindings,
    clock,
    log,
    realm: config.sip.realm,
    algorithms: config.sip.digest,
    onReachable: (extension, reachable) => callCenter.phone(extension, reachable),
  });
  const telephony = new DrachtioTelephony(srf, {
    ...addresses,
    ...(ears.audioForks ? { audioForks: ears.audioForks } : {}),
    bindings: registrar,
    spareChannels: SPARE_CHANNELS,
    ...(config.trunk ? { trunk: config.trunk } : {}),
    clock,
    newId,
    log,
    routeOf,
    authenticate: (req, res) => registrar.authenticate(req, res),
  });
  const callCenter = new CallCenter({
    clock,
    log,
    engine: opened.engine,
    journal: opened.journal,
    telephony,
    records: measureRecords(metrics, store.records),
    contacts: callersOf(config, store, systems),
    memory: store.memory,
    verifier: createVerifier(accountsOf(config, store, systems), store.attempts, log),
    attempts: store.attempts,
    calendars: {
      verifyPin: (id, pin) => store.calendarPins.verify(id, pin),
      setClosure: (id, closure) =>
        store.admin.changes.change(
          (tx) => tx.calendars.setClosure(id, closure),
          () => callCenter.reload(),
        ),
    },
    featureFlows: new Map([[CLOSURE_CODE, ownFlow('closure')]]),
    requests: systems.requests,
    prompts: speech.prompts,
    phrases: speech.phrases,
    recordings: recordingsOf(config),
    recogniser: ears.recogniser,
    keepsTranscripts: config.hearing.keepsTranscripts,
    configuration: store.configuration,
    zone: config.zone,
    ...(config.trunk ? { outbound: config.outbound } : {}),
    meters: createMeters(metrics),
    isReachable: (extension) => registrar.bindingsOf(extension).length > 0,
    prerender(sentences) {
      spoken = speech.prerender(sentences, true);
    },
    onBroken: (error) => log.error({ error: String(error) }, 'A rule of our own was broken'),
  });
  closing.add('call center', () => callCenter.stop());
  closing.add('registrar', () => registrar.close());
  await registrar.restore();
  callCenter.recover(opened.notes);
  const problems = await callCenter.reload();
  if (problems.length > 0) throw new Error(`The configuration cannot work: ${problems.join('; ')}`);
  srf.use('register', (req, res) => void registrar.register(req, res));
  // Whoever says to be a scanner learns not even that somebody is there.
  srf.use('options', (req, _res, next) => {
    if (!isScanner(req)) next();
  });
  telephony.start(callCenter);
  closing.add('telephony', () => telephony.close());
  // What the flows say comes first: every caller hears it.
  void spoken.then(() => speech.prerenderOwn());
  return { callCenter, telephony, prompts: within(clock, FIRST_PROMPTS_MS_MAX, spoken) };
}

/** Host and port of the HTTP server: the API, its documentation, the feed, health and metrics. */
async function openApi(
  { config, log, closing, store, systems, metrics, opened, speech }: Parts,
  { callCenter, telephony, prompts }: Heart,
): Promise<string> {
  measureFloor(metrics, callCenter);
  const contactImports = await ContactImports.open({
    folder: join(config.dataDir, 'imports'),
    writer: store.contactWriter,
    clock,
    log,
    newId,
  });
  closing.add('imports', () => contactImports.close());
  const api = await buildApi({
    contactImports,
    store: store.admin,
    control: callCenter,
    explainer: createExplainer({ ...opened, clock, log, keepMs: config.journal.keepMs }),
    linter: createLinter(store.configuration),
    flowChecker,
    library: speech.library,
    ...(speech.soundFile ? { soundFile: speech.soundFile } : {}),
    flowPreparer: createFlowPreparer((sentences) => speech.prerender(sentences), clock),
    health: [...store.health, ...systems.health, switchHealth(telephony), promptsHealth(prompts)],
    metrics,
    recordings: recordingsOf(config),
    clock,
    log,
    version: VERSION,
  });
  const feed = openFeed({
    server: api.server,
    control: callCenter,
    apiKeys: store.admin.apiKeys,
    clock,
    log,
  });
  const janitor = keepVoicemails({
    voicemails: store.admin.voicemails,
    recordings: recordingsOf(config),
    keepMs: config.voicemailKeepMs,
    clock,
    log,
  });
  closing.add('voicemail janitor', async () => janitor.stop());
  closing.add('API', async () => {
    await feed.close();
    await api.close();
  });
  await api.listen({ host: config.http.host, port: config.http.port });
  const { port } = api.server.address() as AddressInfo;
  return `${config.http.host}:${port}`;
}

/** A flow that comes with the house: `config/flows/<name>.yaml`. */
function ownFlow(name: string): CompiledFlow {
  const document = readYamlFile(new URL(`${name}.yaml`, OWN_FLOWS));
  const flow = parseFlow(document, { queueIds: [], calendarIds: [] });
  if (flow.ok) return flow.value;
  throw new Error(`The flow ${name} that comes with the house: ${flow.error.join('; ')}`);
}

/** Messages and their like, in the folder that media servers write to. */
function recordingsOf({ dataDir }: Config): RecordingFolder {
  const fileOf = (id: string) => join(dataDir, 'recordings', `${id}.wav`);
  return { fileOf, remove: (id) => void rm(fileOf(id), { force: true }).catch(() => {}) };
}

const isReady = (telephony: DrachtioTelephony): Promise<void> =>
  waitUntil(() => telephony.troubles.length === 0, SWITCH_READY_MS_MAX);

async function waitUntil(holds: () => boolean, limitMs: number): Promise<void> {
  for (const end = clock.now() + limitMs; !holds() && clock.now() < end; ) {
    await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
  }
}
