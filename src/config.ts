import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import Type, { type Static, type TSchema } from 'typebox';
import { type VoicesConfig, voicesOf } from './config-voices.ts';
import { isNetwork, isWildcard, type Peer, parsePeers, reachableAddress } from './lib/addresses.ts';
import { LOG_LEVELS, type LogLevel } from './lib/levels.ts';
import { err, ok, type Result } from './lib/result.ts';
import { validatorOf } from './lib/schema.ts';
import { isZone } from './lib/zone.ts';
import {
  SETTING_BOUNDS,
  SETTING_DEFAULTS,
  type SettingNumber,
  type Settings,
} from './model/settings.ts';
import { parseRecognisers, type RecogniserAddress } from './recogniser-config.ts';

const port = (minimum: 0 | 1, byDefault: number) =>
  Type.Integer({ minimum, maximum: 65_535, default: byDefault });
const setting = (name: SettingNumber) => {
  const [minimum, maximum] = SETTING_BOUNDS[name];
  return Type.Integer({ minimum, maximum, default: SETTING_DEFAULTS[name] });
};
/** Marks what must never be printed, not even when it is wrong. */
const secret = (minLength: number) => Type.Optional(Type.String({ minLength, writeOnly: true }));
const host = { pattern: '^[^\\s/,]+$', description: 'a host name or address' };
/** Several servers are written with commas, each with its own port if need be. */
const hosts = Type.Optional(
  Type.String({
    pattern: '^[^\\s/,]+(,[^\\s/,]+)*$',
    description: 'host[:port], or several with commas',
  }),
);

const HOST_FORM = '(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9.-]+)(:\\d{1,5})?';
const listed = (text: string): string[] => (text === '' ? [] : text.split(','));
/** Tokens that flows may send in a header: `{secret.ORDERS}` is FLOW_SECRET_ORDERS. */
const FLOW_SECRET = /^FLOW_SECRET_([A-Z0-9_]{1,50})$/;
/** Where calls may go: the beginning of an E.164 number, or a host; with `!`, where not. */
const DESTINATION = '(!?\\+[1-9][0-9]{0,14}|sip:[A-Za-z0-9.-]{1,253})';

/** Every variable, its bounds and its default. `config/centralita.env.example` tells the operator the same. */
const Environment = Type.Object({
  DATA_DIR: Type.String({ minLength: 1, default: './data' }),
  JOURNAL_KEEP_HOURS: Type.Integer({ minimum: 0, maximum: 8_784, default: 72 }),
  JOURNAL_KEEP_MB: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 2_048 }),
  HTTP_HOST: Type.String({ ...host, default: '127.0.0.1' }),
  HTTP_PORT: port(0, 8080),
  SIP_HOST: Type.Optional(Type.String(host)),
  SIP_PORT: port(0, 5060),
  SIP_REALM: Type.String({
    pattern: '^[A-Za-z0-9.-]{1,64}$',
    description: '1 to 64 letters, digits, dots and hyphens',
    default: 'centralita',
  }),
  SIP_DIGEST: Type.Enum(['MD5', 'SHA-256,MD5', 'SHA-256'], { default: 'MD5' }),
  SIP_SESSION_SECONDS: Type.Refine(
    Type.Integer({ minimum: 0, maximum: 86_400, default: 1_800, description: '0, or at least 90' }),
    (seconds) => seconds === 0 || seconds >= 90,
  ),
  SIP_QUALIFY_SECONDS: Type.Integer({ minimum: 0, maximum: 3_600, default: 25 }),
  SIP_TLS_PORT: port(0, 5061),
  SIP_TLS_CERTIFICATE: Type.Optional(Type.String({ minLength: 1 })),
  SIP_TLS_KEY: Type.Optional(Type.String({ minLength: 1 })),
  SIP_TLS_AUTHORITIES: Type.Optional(Type.String({ minLength: 1 })),
  SIP_STRANGERS: Type.Enum(['auto', 'accept', 'refuse', 'ignore'], { default: 'auto' }),
  RTP_PORT_MIN: port(1, 20_000),
  RTP_PORT_MAX: port(1, 20_999),
  DATABASE_URL: Type.Optional(
    Type.String({ pattern: '^postgres(ql)?://.', description: 'postgres://…', writeOnly: true }),
  ),
  SWITCH: Type.Enum(['embedded', 'external'], { default: 'embedded' }),
  DRACHTIO_HOST: hosts,
  DRACHTIO_PORT: port(1, 9022),
  DRACHTIO_SECRET: secret(1),
  FREESWITCH_HOST: hosts,
  FREESWITCH_PORT: port(1, 8021),
  FREESWITCH_SECRET: secret(1),
  RECOGNISERS: Type.Optional(
    Type.String({ minLength: 1, description: 'language=address, or several with commas' }),
  ),

  RECOGNISER_KEY: secret(1),
  RECOGNISER_SAMPLE_RATE: Type.Enum(['8000', '16000'], { default: '16000' }),
  RECOGNISER_ANSWER_MS: Type.Integer({ minimum: 200, maximum: 30_000, default: 4_000 }),
  RECOGNISER_CALLS_MAX: Type.Integer({ minimum: 1, maximum: 10_000, default: 100 }),
  TRANSCRIPTS_KEPT: Type.Boolean({ default: false }),
  AUDIO_HOST: Type.String({ ...host, default: '127.0.0.1' }),
  AUDIO_PORT: port(0, 0),
  AUDIO_ANNOUNCED_HOST: Type.Optional(Type.String(host)),
  TRUNK_URI: Type.Optional(
    Type.String({
      pattern: '^sips?:[^@;>?\\s]+(;[^?\\s]*)?$',
      description: 'sip:host[:port][;transport=udp]',
    }),
  ),
  TRUNK_USER: Type.Optional(Type.String({ minLength: 1 })),
  TRUNK_PASSWORD: secret(1),
  PRESENCE_USER: Type.Optional(Type.String({ minLength: 1 })),
  PRESENCE_PASSWORD: secret(1),
  TRUNK_CALLER_ID: Type.Optional(
    Type.String({ pattern: '^\\+?[0-9]{3,15}$', description: 'a telephone number' }),
  ),
  TRUNK_RESPONSE_SECONDS: Type.Integer({ minimum: 1, maximum: 32, default: 15 }),
  ALLOWED_DESTINATIONS: Type.Optional(
    Type.String({
      pattern: `^${DESTINATION}(,${DESTINATION})*$`,
      description: 'prefixes such as +34,+52,!+34803 and hosts such as sip:example.com',
    }),
  ),
  OUTBOUND_CALLS_MAX: Type.Integer({ minimum: 1, maximum: 1_000, default: 10 }),
  OUTBOUND_PER_HOUR_MAX: Type.Integer({ minimum: 1, maximum: 100_000, default: 200 }),
  REPORTS_EVERY_SECONDS: Type.Integer({ minimum: 1, maximum: 3_600, default: 60 }),
  RECORDS_KEEP_MONTHS: Type.Integer({ minimum: 1, maximum: 600, default: 24 }),
  REPORTS_KEEP_MONTHS: Type.Integer({ minimum: 1, maximum: 600, default: 60 }),
  VOICEMAIL_KEEP_DAYS: setting('voicemailKeepDays'),
  RECORDING_KEEP_DAYS: setting('recordingKeepDays'),
  S3_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s@?#]+/[^\\s@?#]+$',
      description: 'https://host[:port]/bucket[/prefix]',
    }),
  ),
  S3_ACCESS_KEY: Type.Optional(Type.String({ minLength: 1 })),
  S3_SECRET_KEY: secret(8),
  S3_REGION: Type.String({ minLength: 1, default: 'us-east-1' }),
  ADMIN_API_KEY: secret(16),
  ADMIN_PASSWORD: secret(10),
  API_REQUESTS_PER_MINUTE: setting('requestsPerMinute'),
  SESSION_IDLE_MINUTES: setting('sessionIdleMinutes'),
  SESSION_HOURS: setting('sessionHours'),
  VOICES: Type.String({ default: '' }),
  VOICES_DIR: Type.Optional(Type.String({ minLength: 1 })),
  TTS_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s@]+$', description: 'http(s)://…, without a password' }),
  ),
  TTS_KEY: secret(1),
  TTS_MODEL: Type.String({ minLength: 1, default: 'tts-1' }),
  PROMPTS_URL: Type.Optional(
    Type.String({
      pattern: '^(http_cache://)?https?://[^\\s/@]+$',
      description: 'http://host:port, or http_cache://http://host:port',
    }),
  ),
  CRM_URL: Type.Optional(
    Type.String({ pattern: '^https?://[^\\s@]+$', description: 'http(s)://…, without a password' }),
  ),
  CRM_SECRET: secret(16),
  CRM_LIMIT_MS: Type.Integer({ minimum: 100, maximum: 2_000, default: 800 }),
  CRM_FRESH_SECONDS: Type.Integer({ minimum: 0, maximum: 86_400, default: 60 }),
  CRM_STALE_HOURS: Type.Integer({ minimum: 0, maximum: 8_784, default: 24 }),
  CALLERS_FROM: Type.Enum(['crm,contacts', 'contacts,crm'], { default: 'crm,contacts' }),
  VERIFY_BY: Type.Enum(['contacts', 'crm'], { default: 'contacts' }),
  REQUEST_HOSTS: Type.String({
    pattern: `^(${HOST_FORM}(,${HOST_FORM})*)?$`,
    description: 'host or host:port, or several with commas',
    default: '',
  }),
  REQUEST_PRIVATE: Type.Refine(
    Type.String({
      description: 'addresses or networks such as 10.1.0.0/16, with commas',
      default: '',
    }),
    (text) => listed(text).every(isNetwork),
  ),
  WEBHOOK_PRIVATE: Type.Refine(
    Type.String({
      description: 'addresses or networks such as 10.1.0.0/16, with commas',
      default: '',
    }),
    (text) => listed(text).every(isNetwork),
  ),
  WEBHOOK_ATTEMPTS_MAX: setting('webhookAttemptsMax'),
  WEBHOOK_RETRY_SECONDS: setting('webhookRetrySeconds'),
  WEBHOOK_GIVE_UP_HOURS: setting('webhookGiveUpHours'),
  SECRETS_KEY: secret(32),
  TIME_ZONE: Type.Refine(
    Type.String({ description: 'an IANA time zone such as Europe/Madrid', default: 'UTC' }),
    isZone,
  ),
  LOG_LEVEL: Type.Enum([...LOG_LEVELS], { default: SETTING_DEFAULTS.logLevel }),
  LOG_PERSONAL_DATA: Type.Boolean({ default: false }),
  SEED_EXAMPLE: Type.Boolean({ default: true }),
});
type Environment = Static<typeof Environment>;
type Key = keyof Environment;

const environment = validatorOf(Environment);
const schemas = Object.entries(Environment.properties) as [Key, Facets][];

/** The part of JSON Schema that the variables above are made of. */
interface Facets extends TSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly writeOnly?: boolean;
}

export type SwitchConfig =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'external';
      readonly drachtio: readonly Peer[];
      readonly freeswitch: readonly Peer[];
    };

/** How callers are listened to. */
export interface HearingConfig {
  /** Empty: keys only. */
  readonly recognisers: readonly RecogniserAddress[];
  /** A bearer token, for servers that want one. */
  readonly key?: string;
  readonly sampleRate: 8_000 | 16_000;
  /** How long after the end of speech an answer is waited for. */
  readonly answerMsMax: number;
  /** Callers who are listened to at once, by each recogniser. */
  readonly callsMax: number;
  /** Whether calls' histories keep what was understood word by word. */
  readonly keepsTranscripts: boolean;
  /** Where media servers send callers' audio, and the name they know it by. */
  readonly audio: { readonly host: string; readonly port: number; readonly announcedHost?: string };
}

/** A trunk that is known by the environment; others are objects of the API. */
export interface EnvironmentTrunk {
  readonly uri: string;
  /** For the digest that it asks for. */
  readonly auth?: { readonly username: string; readonly password: string };
  /** The number that those who are called see. */
  readonly callerId?: string;
  readonly responseSeconds: number;
}

export interface Config {
  /** Absolute: the media server is told paths below it. */
  readonly dataDir: string;
  /** How far back the journal reaches, for those who ask why. */
  readonly journal: { readonly keepMs: number; readonly keepBytesMax: number };
  readonly http: { readonly host: string; readonly port: number };
  readonly sip: {
    /** Where the embedded switch listens; may be a wildcard. */
    readonly bindHost: string;
    /** What Via, Contact and SDP carry: an address that phones and trunks can reach, never a wildcard. */
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
    /** SIP over TLS, at the embedded switch: paths of PEM files. */
    readonly tls?: {
      /** 0: any free port. */
      readonly port: number;
      readonly certificate: string;
      readonly key: string;
      readonly authorities?: string;
    };
    readonly realm: string;
    /** What phones are asked for, the preferred first. */
    readonly digest: readonly ('MD5' | 'SHA-256')[];
    /** What becomes of calls that come from no trunk. */
    readonly strangers: Environment['SIP_STRANGERS'];
    /** How often phones are asked whether they are there; 0: never. */
    readonly qualifySeconds: number;
    /** How long a dialog may go without a sign of life (RFC 4028); 0: for ever. */
    readonly sessionSeconds: number;
  };
  /** The first is even, as RTP wants (RFC 3550 section 11); the range is inclusive. */
  readonly rtp: { readonly portMin: number; readonly portMax: number };
  /** A trunk beside those of the database. */
  readonly trunk?: EnvironmentTrunk;
  /** What may be called, and how much of it, as long as the database does not say. */
  readonly outbound: {
    readonly allowed: readonly string[];
    readonly callsMax: number;
    readonly callsPerHourMax: number;
  };
  /** How fresh figures are, and how long records and figures are kept, in whole months. */
  readonly reports: {
    readonly everyMs: number;
    readonly keeping: { readonly recordMonths: number; readonly figureMonths: number };
  };
  /** For the digest that other systems ask for when we subscribe to their people's presence. */
  readonly presenceAuth?: { readonly username: string; readonly password: string };
  /** What holds as long as nobody has set anything else over the API. */
  readonly settings: Settings;
  /** Where it is kept; absent: in the data folder. */
  readonly objects?: {
    readonly url: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
  };
  /** Absent: PostgreSQL from npm runs under the data folder. */
  readonly databaseUrl?: string;
  readonly switch: SwitchConfig;
  readonly hearing: HearingConfig;
  readonly voices: VoicesConfig;
  /** Where media servers reach our HTTP server to fetch prompts. Absent: they share the data folder. */
  readonly promptsUrl?: string;
  /** Absent: one is made at the first start and kept in the data folder. */
  readonly adminApiKey?: string;
  /** Of the user `admin`. Absent: one is made and shown when there is no user at all. */
  readonly adminPassword?: string;
  /** Absent: callers are known from the contacts only. */
  readonly crm?: {
    readonly url: string;
    readonly secret: string;
    readonly limitMs: number;
    readonly freshMs: number;
    readonly staleMs: number;
    /** Who is believed first. */
    readonly order: Environment['CALLERS_FROM'];
    /** It is the CRM that knows accounts and PINs, not the contacts. */
    readonly verifies: boolean;
  };
  /** What flows may ask over HTTP, and what they may show who they are by. */
  readonly requests: {
    readonly hosts: readonly string[];
    readonly privateNetworks: readonly string[];
    readonly secrets: ReadonlyMap<string, string>;
  };
  /** What events may be sent to, besides public addresses. */
  readonly webhooks: { readonly privateNetworks: readonly string[] };
  /** What secrets in the database are sealed with. Absent: one is made at the first start, in the data folder. */
  readonly sealKey?: string;
  readonly logLevel: LogLevel;
  /** Whether numbers, names and the like are written out in the log. */
  readonly logsPersonal: boolean;
  /** IANA: where months, days and hours are counted for whoever has no zone of their own. */
  readonly zone: string;
  /** Loads the example company into an empty database. */
  readonly seedExample: boolean;
}

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/**
 * Reads the environment once. The error lists every wrong variable, one line each, starting with its name; the
 * value is shown unless it is a secret. A variable that is set to nothing counts as absent, as in compose files.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  interfaces: Interfaces = networkInterfaces(),
): Result<Config, readonly string[]> {
  const values = Object.fromEntries(
    schemas
      .map(([key, schema]) => [key, env[key] ? typed(schema, env[key]) : schema.default] as const)
      .filter(([, value]) => value !== undefined),
  );
  const wrong = new Set(environment.errors(values).map((error) => error.instancePath.slice(1)));
  const errors = schemas
    .filter(([key]) => wrong.has(key))
    .map(([key, schema]) => complaint(key, schema, env[key] ?? ''));
  if (errors.length > 0) return err(errors);
  const checked = values as Environment;
  const ranges = rangeErrors(checked);
  const theSwitch = switchOf(checked);
  const recognisers = recognisersOf(checked);
  if (!recognisers.ok) ranges.push(`RECOGNISERS: ${recognisers.error}`);
  const voices = voicesIn(checked);
  if (!voices.ok) ranges.push(`VOICES: ${voices.error}`);
  if (!theSwitch.ok) return err([...ranges, ...theSwitch.error]);
  if (ranges.length > 0) return err(ranges);
  const hearing = hearingOf(checked, recognisers.ok ? recognisers.value : []);
  const assembled = assemble(checked, theSwitch.value, hearing, interfaces, flowSecrets(env));
  return ok(deepFreeze({ ...assembled, ...(voices.ok ? { voices: voices.value } : {}) }));
}

/** The string as the type that its schema wants, or as it is: the schema then refuses it. */
function typed(schema: Facets, text: string): unknown {
  if (schema.type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (schema.type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function complaint(key: Key, schema: Facets, got: string): string {
  const shown = schema.writeOnly ? `${got.length} characters` : JSON.stringify(got);
  return `${key}: expected ${expectation(schema)}, got ${shown}`;
}

function expectation(schema: Facets): string {
  if (schema.description) return schema.description;
  if (schema.enum) return `one of ${schema.enum.join(' | ')}`;
  if (schema.type === 'integer') return `an integer from ${schema.minimum} to ${schema.maximum}`;
  if (schema.type === 'boolean') return 'true or false';
  return `at least ${schema.minLength} characters`;
}

/** What no single variable can be blamed for by its own schema. */
function rangeErrors(env: Environment): string[] {
  const errors: string[] = [];
  const { RTP_PORT_MIN: min, RTP_PORT_MAX: max } = env;
  if (env.CRM_URL && !env.CRM_SECRET)
    errors.push('CRM_SECRET: expected a value because CRM_URL has one, got none');
  if (min % 2 !== 0) errors.push(`RTP_PORT_MIN: expected an even port, got ${min}`);
  if (Boolean(env.TRUNK_USER) !== Boolean(env.TRUNK_PASSWORD))
    errors.push('TRUNK_USER and TRUNK_PASSWORD: expected both or none, got one');
  if (Boolean(env.SIP_TLS_CERTIFICATE) !== Boolean(env.SIP_TLS_KEY))
    errors.push('SIP_TLS_CERTIFICATE and SIP_TLS_KEY: expected both or none, got one');
  if (Boolean(env.PRESENCE_USER) !== Boolean(env.PRESENCE_PASSWORD))
    errors.push('PRESENCE_USER and PRESENCE_PASSWORD: expected both or none, got one');
  if (new Set([env.S3_URL, env.S3_ACCESS_KEY, env.S3_SECRET_KEY].map(Boolean)).size > 1)
    errors.push('S3_URL, S3_ACCESS_KEY and S3_SECRET_KEY: expected all or none, got some');
  // One call between a caller and an agent takes two pairs of ports.
  if (env.VERIFY_BY === 'crm' && !env.CRM_URL)
    errors.push('CRM_URL: expected a value because VERIFY_BY is crm, got none');
  if (max < min + 3) errors.push(`RTP_PORT_MAX: expected at least RTP_PORT_MIN + 3, got ${max}`);
  if (env.SIP_PORT >= min && env.SIP_PORT <= max)
    errors.push(
      `SIP_PORT: expected a port outside RTP_PORT_MIN to RTP_PORT_MAX, got ${env.SIP_PORT}`,
    );
  return errors;
}

const voicesIn = (env: Environment): Result<VoicesConfig, string> =>
  voicesOf({
    voices: env.VOICES,
    voicesDir: resolve(env.VOICES_DIR ?? join(env.DATA_DIR, 'voices')),
    model: env.TTS_MODEL,
    ...(env.TTS_URL ? { url: env.TTS_URL } : {}),
    ...(env.TTS_KEY ? { key: env.TTS_KEY } : {}),
  });

function switchOf(env: Environment): Result<SwitchConfig, readonly string[]> {
  if (env.SWITCH === 'embedded') return ok({ kind: 'embedded' });
  const drachtio = peersOf(env, 'DRACHTIO');
  const freeswitch = peersOf(env, 'FREESWITCH');
  if (drachtio.ok && freeswitch.ok)
    return ok({ kind: 'external', drachtio: drachtio.value, freeswitch: freeswitch.value });
  return err([drachtio, freeswitch].flatMap((side) => (side.ok ? [] : side.error)));
}

const recognisersOf = (env: Environment): Result<readonly RecogniserAddress[], string> =>
  env.RECOGNISERS ? parseRecognisers(env.RECOGNISERS) : ok([]);

function hearingOf(env: Environment, recognisers: readonly RecogniserAddress[]): HearingConfig {
  return {
    recognisers,
    ...(env.RECOGNISER_KEY ? { key: env.RECOGNISER_KEY } : {}),
    sampleRate: env.RECOGNISER_SAMPLE_RATE === '8000' ? 8_000 : 16_000,
    answerMsMax: env.RECOGNISER_ANSWER_MS,
    callsMax: env.RECOGNISER_CALLS_MAX,
    keepsTranscripts: env.TRANSCRIPTS_KEPT,
    audio: {
      host: env.AUDIO_HOST,
      port: env.AUDIO_PORT,
      ...(env.AUDIO_ANNOUNCED_HOST ? { announcedHost: env.AUDIO_ANNOUNCED_HOST } : {}),
    },
  };
}

function peersOf(
  env: Environment,
  name: 'DRACHTIO' | 'FREESWITCH',
): Result<readonly Peer[], readonly string[]> {
  const hosts = env[`${name}_HOST`];
  const secrets = env[`${name}_SECRET`];
  if (hosts && secrets) {
    const peers = parsePeers(hosts, env[`${name}_PORT`], secrets);
    return peers.ok ? peers : err([`${name}_HOST: ${peers.error}`]);
  }
  const missing = [hosts ? '' : `${name}_HOST`, secrets ? '' : `${name}_SECRET`].filter(Boolean);
  return err(missing.map((key) => `${key}: expected a value because SWITCH is external, got none`));
}

function crmOf(env: Environment): Pick<Config, 'crm'> {
  const { CRM_URL: url, CRM_SECRET: key } = env;
  if (!url || !key) return {};
  return {
    crm: {
      url,
      secret: key,
      limitMs: env.CRM_LIMIT_MS,
      freshMs: env.CRM_FRESH_SECONDS * 1_000,
      staleMs: env.CRM_STALE_HOURS * 3_600_000,
      order: env.CALLERS_FROM,
      verifies: env.VERIFY_BY === 'crm',
    },
  };
}

function objectsOf(env: Environment): Pick<Config, 'objects'> {
  const {
    S3_URL: url,
    S3_ACCESS_KEY: accessKey,
    S3_SECRET_KEY: secretKey,
    S3_REGION: region,
  } = env;
  return url && accessKey && secretKey ? { objects: { url, accessKey, secretKey, region } } : {};
}

function tlsOf(env: Environment): Pick<Config['sip'], 'tls'> {
  const { SIP_TLS_CERTIFICATE: certificate, SIP_TLS_KEY: key, SIP_TLS_AUTHORITIES: more } = env;
  if (!certificate || !key) return {};
  return {
    tls: {
      port: env.SIP_TLS_PORT,
      certificate: resolve(certificate),
      key: resolve(key),
      ...(more ? { authorities: resolve(more) } : {}),
    },
  };
}

function flowSecrets(env: Readonly<Record<string, string | undefined>>): [string, string][] {
  return Object.entries(env).flatMap(([key, value]) => {
    const name = FLOW_SECRET.exec(key)?.[1];
    return name && value ? [[name, value]] : [];
  });
}

function assemble(
  env: Environment,
  theSwitch: SwitchConfig,
  hearing: HearingConfig,
  interfaces: Interfaces,
  secrets: [string, string][],
): Config {
  const reachable = reachableAddress(interfaces);
  const bindHost = env.SIP_HOST ?? reachable;
  return {
    dataDir: resolve(env.DATA_DIR),
    journal: {
      keepMs: env.JOURNAL_KEEP_HOURS * 3_600_000,
      keepBytesMax: env.JOURNAL_KEEP_MB * 1024 * 1024,
    },
    http: { host: env.HTTP_HOST, port: env.HTTP_PORT },
    sip: {
      bindHost,
      host: isWildcard(bindHost) ? reachable : bindHost,
      port: env.SIP_PORT,
      ...tlsOf(env),
      realm: env.SIP_REALM,
      digest: env.SIP_DIGEST.split(',') as ('MD5' | 'SHA-256')[],
      strangers: env.SIP_STRANGERS,
      qualifySeconds: env.SIP_QUALIFY_SECONDS,
      sessionSeconds: env.SIP_SESSION_SECONDS,
    },
    rtp: { portMin: env.RTP_PORT_MIN, portMax: env.RTP_PORT_MAX },
    ...(env.TRUNK_URI ? { trunk: trunkOf(env, env.TRUNK_URI) } : {}),
    reports: {
      everyMs: env.REPORTS_EVERY_SECONDS * 1_000,
      keeping: { recordMonths: env.RECORDS_KEEP_MONTHS, figureMonths: env.REPORTS_KEEP_MONTHS },
    },
    ...(env.PRESENCE_USER && env.PRESENCE_PASSWORD
      ? { presenceAuth: { username: env.PRESENCE_USER, password: env.PRESENCE_PASSWORD } }
      : {}),
    settings: {
      voicemailKeepDays: env.VOICEMAIL_KEEP_DAYS,
      recordingKeepDays: env.RECORDING_KEEP_DAYS,
      sessionIdleMinutes: env.SESSION_IDLE_MINUTES,
      sessionHours: env.SESSION_HOURS,
      requestsPerMinute: env.API_REQUESTS_PER_MINUTE,
      webhookAttemptsMax: env.WEBHOOK_ATTEMPTS_MAX,
      webhookRetrySeconds: env.WEBHOOK_RETRY_SECONDS,
      webhookGiveUpHours: env.WEBHOOK_GIVE_UP_HOURS,
      logLevel: env.LOG_LEVEL,
    },
    ...objectsOf(env),
    outbound: {
      allowed: env.ALLOWED_DESTINATIONS?.split(',') ?? [],
      callsMax: env.OUTBOUND_CALLS_MAX,
      callsPerHourMax: env.OUTBOUND_PER_HOUR_MAX,
    },
    ...(env.DATABASE_URL ? { databaseUrl: env.DATABASE_URL } : {}),
    switch: theSwitch,
    hearing,
    voices: { sherpa: [] },
    ...(env.PROMPTS_URL ? { promptsUrl: env.PROMPTS_URL } : {}),
    ...(env.ADMIN_API_KEY ? { adminApiKey: env.ADMIN_API_KEY } : {}),
    ...(env.ADMIN_PASSWORD ? { adminPassword: env.ADMIN_PASSWORD } : {}),
    ...crmOf(env),
    requests: {
      hosts: listed(env.REQUEST_HOSTS),
      privateNetworks: listed(env.REQUEST_PRIVATE),
      secrets: new Map(secrets),
    },
    webhooks: { privateNetworks: listed(env.WEBHOOK_PRIVATE) },
    ...(env.SECRETS_KEY ? { sealKey: env.SECRETS_KEY } : {}),
    logLevel: env.LOG_LEVEL,
    logsPersonal: env.LOG_PERSONAL_DATA,
    zone: env.TIME_ZONE,
    seedExample: env.SEED_EXAMPLE,
  };
}

function trunkOf(env: Environment, uri: string): EnvironmentTrunk {
  const { TRUNK_USER: username, TRUNK_PASSWORD: password, TRUNK_CALLER_ID: callerId } = env;
  return {
    uri,
    ...(username && password ? { auth: { username, password } } : {}),
    ...(callerId ? { callerId } : {}),
    responseSeconds: env.TRUNK_RESPONSE_SECONDS,
  };
}

/** Nobody changes the configuration under another's feet. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
