import { isIPv6 } from 'node:net';
import Type, { type Static, type TSchema } from 'typebox';
import { isNetwork } from '../lib/addresses.ts';
import { LOG_LEVELS } from '../lib/levels.ts';
import { err, ok, type Result } from '../lib/result.ts';
import { validatorOf } from '../lib/schema.ts';
import { isZone } from '../lib/zone.ts';
import { SETTING_BOUNDS, SETTING_DEFAULTS, type SettingNumber } from '../model/settings.ts';

/** Variables by their names, as the process has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

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
export const listed = (text: string): string[] => (text === '' ? [] : text.split(','));
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
    Type.Refine(
      Type.String({ pattern: '^postgres(ql)?://.', description: 'postgres://…', writeOnly: true }),
      (text) => URL.canParse(text),
    ),
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
export type Environment = Static<typeof Environment>;
type Key = keyof Environment;

const environment = validatorOf(Environment);
const schemas = Object.entries(Environment.properties) as [Key, Facets][];
/** All that there are, beside FLOW_SECRET_…. */
export const VARIABLES: readonly string[] = schemas.map(([name]) => name);

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

/**
 * Each variable by itself. The error lists every wrong one, one line each, starting with its name; the value is
 * shown unless it is a secret. A variable that is set to nothing counts as absent, as in compose files.
 */
export function readEnvironment(env: Variables): Result<Environment, readonly string[]> {
  const values = Object.fromEntries(
    schemas
      .map(([key, schema]) => [key, env[key] ? typed(schema, env[key]) : schema.default] as const)
      .filter(([, value]) => value !== undefined),
  );
  const wrong = new Set(environment.errors(values).map((error) => error.instancePath.slice(1)));
  const errors = schemas
    .filter(([key]) => wrong.has(key))
    .map(([key, schema]) => complaint(key, schema, env[key] ?? ''));
  return errors.length > 0 ? err(errors) : ok(values as Environment);
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
export function rangeErrors(env: Environment): string[] {
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
  if (env.SWITCH === 'embedded' && isIPv6((env.SIP_HOST ?? '').replace(/^\[|\]$/g, '')))
    errors.push(
      `SIP_HOST: expected a name or an IPv4 address for the embedded switch, got ${env.SIP_HOST}`,
    );
  if (max < min + 3) errors.push(`RTP_PORT_MAX: expected at least RTP_PORT_MIN + 3, got ${max}`);
  if (env.SIP_PORT >= min && env.SIP_PORT <= max)
    errors.push(
      `SIP_PORT: expected a port outside RTP_PORT_MIN to RTP_PORT_MAX, got ${env.SIP_PORT}`,
    );
  return errors;
}
