import type { Peer } from '../lib/addresses.ts';
import type { LogLevel } from '../lib/levels.ts';
import type { Settings } from '../model/settings.ts';
import type { Environment } from './environment.ts';
import type { RecogniserAddress } from './recognisers.ts';
import type { VoicesConfig } from './voices.ts';

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
