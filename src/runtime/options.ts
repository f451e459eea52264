import type { Engine } from '../acd/engine.ts';
import type { CompiledFlow } from '../ivr/flow.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { Journal } from './journal/journal.ts';
import type { OutboundRules } from './outbound/outbound.ts';
import type { OutsideOptions } from './outbound/outside.ts';
import type { AuditTrail } from './ports/access.ts';
import type { Recogniser } from './ports/hearing.ts';
import type {
  AgentLeg,
  AttemptCounter,
  CalendarClosures,
  CallerLeg,
  CallMemory,
  ConfigurationSource,
  ContactLookup,
  FlowRequests,
  LegTruth,
  Meters,
  Phrases,
  PromptRenderer,
  RecordingFolder,
  RecordSink,
  Repertoire,
  Telephony,
  Verifier,
} from './ports/index.ts';
import type { AgentPins, Switchboard } from './ports/phones.ts';
import type { RecordingFiles } from './ports/recordings.ts';
import type { Overhearing, PhoneUsers } from './ports/supervision.ts';

/** Where commands are written down before they take effect, and what is known of calls in progress. */
export type CommandLog = Pick<Journal, 'append' | 'keep' | 'drop'>;

/** What the shell is given. */
export interface CallCenterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly engine: Engine;
  readonly journal: CommandLog;
  readonly telephony: Telephony & Switchboard;
  readonly overhearing: Overhearing<CallerLeg | AgentLeg>;
  readonly audit: Pick<AuditTrail, 'record'>;
  readonly phoneUsers: PhoneUsers;
  readonly records: RecordSink;
  readonly contacts: ContactLookup;
  readonly memory: CallMemory;
  readonly verifier: Verifier;
  readonly attempts: AttemptCounter;
  readonly agentPins: AgentPins;
  readonly calendars: CalendarClosures;
  /** What our own phones hear that dial a code: flows, by code. */
  readonly featureFlows: ReadonlyMap<string, CompiledFlow>;
  readonly requests: FlowRequests;
  readonly prompts: PromptRenderer;
  readonly phrases: Phrases;
  readonly recordings: RecordingFolder;
  /** Where the sound of conversations goes. */
  readonly conversations: RecordingFiles;
  readonly recogniser: Recogniser;
  /** Whether calls' histories keep what callers were understood to say. */
  readonly keepsTranscripts: boolean;
  readonly configuration: ConfigurationSource;
  /** The house's time zone: where days and months of agents without one of their own are counted. */
  readonly zone: string;
  /** Whether an address `sip:user@host` of a phone of ours means a user of the house: by name or address, no port. Besides the one by which the phone reaches us. */
  isOwnHost(host: string): boolean;
  /** Whether the extension has a phone that is registered now. */
  isReachable(extension: string): boolean;
  /** What may be called outside as long as the database does not say. */
  readonly outbound?: OutboundRules;
  /** What telephony really has: compared with what we believe, every few seconds. */
  readonly legTruth?: LegTruth;
  /** The trunks. */
  readonly outside?: OutsideOptions;
  readonly meters?: Meters;
  /** Has sentences spoken before a caller needs them. */
  prerender(repertoire: Repertoire): void;
  /** Told whom there is, after each change of the configuration. */
  onAgents?(agents: readonly AgentConfig[]): void;
  /** A rule of our own was broken: crash in tests, count and go on in production. */
  onBroken(error: unknown): void;
}
