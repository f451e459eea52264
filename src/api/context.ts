import type { Registry } from 'prom-client';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { AdminStore, ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { ContactImportDesk } from '../runtime/ports/import.ts';
import type {
  Control,
  Explainer,
  FloorView,
  FlowChecker,
  FlowPreparer,
  HealthCheck,
  Linter,
  RecordingFolder,
} from '../runtime/ports/index.ts';
import type { People } from '../runtime/ports/outside.ts';
import type { AgentDesk, TalkControl } from '../runtime/ports/phones.ts';
import type { PromptLibrary } from '../runtime/ports/prompts.ts';
import type { RecordingArchive, RecordingDesk } from '../runtime/ports/recordings.ts';
import type { Exports, Reports } from '../runtime/ports/reports.ts';
import type { SupervisionDesk } from '../runtime/ports/supervision.ts';
import type { TrunkDesk } from '../runtime/ports/trunks.ts';
import type { WebhookDesk } from '../runtime/ports/webhooks.ts';
import type { RateLimits } from './plugins/rate-limit.ts';

/** What those routes work with that only look, and are asked all the time: a thread of their own has it, too. */
export interface ReadContext {
  readonly store: {
    readonly configuration: ConfigurationRepositories;
    readonly cdrs: Pick<AdminStore['cdrs'], 'list' | 'get'>;
  };
  readonly control: FloorView;
  readonly clock: Clock;
}

/** Everything that the routes work with: ports, and nothing of what is behind them. */
export interface ApiContext {
  readonly store: AdminStore;
  readonly control: Control;
  /** What can be done with conversations. */
  readonly talk: TalkControl;
  /** What agents do by phone. */
  readonly agentDesk: AgentDesk;
  readonly explainer: Explainer;
  readonly contactImports: ContactImportDesk;
  /** Who can be reached, and what others say of it. */
  readonly people: People;
  readonly linter: Linter;
  readonly webhooks: WebhookDesk;
  readonly flowChecker: FlowChecker;
  /** Recordings that people uploaded. */
  readonly library: PromptLibrary;
  /** Sound for media servers that fetch it: the path on disk of what the URL names. Absent: they share the folder. */
  readonly soundFile?: (token: string, name: string) => string | undefined;
  readonly flowPreparer: FlowPreparer;
  /** How the ways outside are. */
  readonly trunks: Pick<TrunkDesk, 'states'>;
  readonly health: readonly HealthCheck[];
  readonly metrics: Registry;
  /** The sound of callers' messages. */
  readonly recordings: RecordingFolder;
  /** The sound of conversations, and what steers their recording. */
  readonly archive: RecordingArchive;
  readonly recordingDesk: RecordingDesk;
  readonly reports: Reports;
  readonly exports: Exports;
  /** IANA: of the house. */
  readonly zone: string;
  readonly supervisionDesk: SupervisionDesk;
  readonly clock: Clock;
  readonly log: Logger;
  /** The feed's protocol, AsyncAPI 3. */
  readonly feedDocument: object;
  /** Whoever connects is our own thread in front, and says for whom it asks. */
  readonly isBehindFront?: boolean;
  /** What a key, a person and an address may ask in a minute. Absent: RATE_LIMITS. */
  readonly rateLimits?: RateLimits;
  /** Of the program, for the document. */
  readonly version: string;
}
