import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { join, resolve } from 'node:path';
import { isWildcard, type Peer, parsePeers, reachableAddress } from '../lib/addresses.ts';
import { err, ok, type Result } from '../lib/result.ts';
import type { Config, EnvironmentTrunk, HearingConfig, SwitchConfig } from './config.ts';
import {
  type Environment,
  listed,
  rangeErrors,
  readEnvironment,
  type Variables,
} from './environment.ts';
import { parseRecognisers, type RecogniserAddress } from './recognisers.ts';
import { type VoicesConfig, voicesOf } from './voices.ts';

/** Tokens that flows may send in a header: `{secret.ORDERS}` is FLOW_SECRET_ORDERS. */
const FLOW_SECRET = /^FLOW_SECRET_([A-Z0-9_]{1,50})$/;

type Interfaces = NodeJS.Dict<NetworkInterfaceInfo[]>;

/** Reads the environment once. The error lists what is wrong, one line each, starting with the variable's name. */
export function parseConfig(
  env: Variables,
  interfaces: Interfaces = networkInterfaces(),
): Result<Config, readonly string[]> {
  const read = readEnvironment(env);
  if (!read.ok) return read;
  const { value: checked } = read;
  const recognisers = recognisersOf(checked);
  const voices = voicesIn(checked);
  const theSwitch = switchOf(checked);
  const unread = [recognisers, voices, theSwitch].flatMap((part) => (part.ok ? [] : part.error));
  const errors = [...rangeErrors(checked), ...unread];
  if (!recognisers.ok || !voices.ok || !theSwitch.ok || errors.length > 0) return err(errors);
  const hearing = hearingOf(checked, recognisers.value);
  const parts = { switch: theSwitch.value, hearing, voices: voices.value };
  return ok(deepFreeze(assemble(checked, parts, interfaces, flowSecrets(env))));
}

function voicesIn(env: Environment): Result<VoicesConfig, readonly string[]> {
  const voices = voicesOf({
    voices: env.VOICES,
    voicesDir: resolve(env.VOICES_DIR ?? join(env.DATA_DIR, 'voices')),
    model: env.TTS_MODEL,
    ...(env.TTS_URL ? { url: env.TTS_URL } : {}),
    ...(env.TTS_KEY ? { key: env.TTS_KEY } : {}),
  });
  return voices.ok ? voices : err([`VOICES: ${voices.error}`]);
}

function switchOf(env: Environment): Result<SwitchConfig, readonly string[]> {
  if (env.SWITCH === 'embedded') return ok({ kind: 'embedded' });
  const drachtio = peersOf(env, 'DRACHTIO');
  const freeswitch = peersOf(env, 'FREESWITCH');
  if (drachtio.ok && freeswitch.ok)
    return ok({ kind: 'external', drachtio: drachtio.value, freeswitch: freeswitch.value });
  return err([drachtio, freeswitch].flatMap((side) => (side.ok ? [] : side.error)));
}

function recognisersOf(env: Environment): Result<readonly RecogniserAddress[], readonly string[]> {
  if (!env.RECOGNISERS) return ok([]);
  const recognisers = parseRecognisers(env.RECOGNISERS);
  return recognisers.ok ? recognisers : err([`RECOGNISERS: ${recognisers.error}`]);
}

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

function flowSecrets(env: Variables): [string, string][] {
  return Object.entries(env).flatMap(([key, value]) => {
    const name = FLOW_SECRET.exec(key)?.[1];
    return name && value ? [[name, value]] : [];
  });
}

function assemble(
  env: Environment,
  parts: Pick<Config, 'switch' | 'hearing' | 'voices'>,
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
    ...parts,
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
