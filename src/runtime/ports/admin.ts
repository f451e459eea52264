import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { Label, LabelKind } from '../../model/label.ts';
import type { Settings } from '../../model/settings.ts';
import type { WebhookConfig } from '../../model/webhook.ts';
import type { AccessStore, AuditLog, AuditTrail, Doorkeeper, User } from './access.ts';
import type { CdrRepository, SurveyReport } from './cdrs.ts';
import type { ContactRepository } from './contacts.ts';
import type { FlowRepository } from './flows.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { BindingStore, Configuration, KnownToFlows } from './index.ts';
import type {
  AgentRepository,
  CalendarRepository,
  DispositionRepository,
  LabelRepository,
  NotReadyReasonRepository,
  NumberRepository,
  QueueRepository,
  UserRepository,
  WebhookRepository,
} from './objects.ts';
import type { RecordingRepository } from './recordings.ts';
import type { SettingsInForce, SettingsRepository } from './settings.ts';
import type { DiallingRepository, TrunkRepository } from './trunks.ts';
import type { VoicemailRepository } from './voicemails.ts';

// What `api` and `feed` need of `store`. Methods reject only when the database is away; whatever a caller of the
// API can get wrong is a Refusal.

/** What a configuration file speaks of: more than the engine runs by. */
export interface WholeConfiguration
  extends Configuration,
    Readonly<Record<LabelKind, readonly Label[]>> {
  readonly settings: Partial<Settings>;
  readonly webhooks: readonly WebhookConfig[];
  readonly users: readonly User[];
}

/** Everything that the operator decides. */
export interface ConfigurationRepositories extends Readonly<Record<LabelKind, LabelRepository>> {
  readonly numbers: NumberRepository;
  readonly flows: FlowRepository;
  readonly queues: QueueRepository;
  readonly agents: AgentRepository;
  readonly calendars: CalendarRepository;
  readonly dispositions: DispositionRepository;
  readonly notReadyReasons: NotReadyReasonRepository;
  readonly trunks: TrunkRepository;
  readonly dialling: DiallingRepository;
  readonly settings: SettingsRepository;
  readonly webhooks: WebhookRepository;
  readonly users: UserRepository;
  /** What a flow may name. */
  known(): Promise<KnownToFlows>;
  /** The whole of it, in the order of the keys. */
  all(): Promise<WholeConfiguration>;
}

export interface ConfigurationChanges {
  /**
   * All or nothing: runs `work` in a transaction, then `takeEffect` (which reads the configuration through that
   * same transaction), and commits only if neither had an objection. One change at a time.
   */
  change<T>(
    work: (repositories: ConfigurationRepositories) => Promise<Result<T, Refusal>>,
    takeEffect: () => Promise<readonly string[]>,
  ): Promise<Result<T, Refusal>>;
  /**
   * The same made and unmade: what would be refused is known when it is there. `objections` reads the configuration as
   * `takeEffect` does. Nobody else sees it, nothing takes effect, and no audit log tells of it.
   */
  rehearse(
    work: (repositories: ConfigurationRepositories) => Promise<Result<unknown, Refusal>>,
    objections: () => Promise<readonly string[]>,
  ): Promise<Result<undefined, Refusal>>;
}

/** Everything that `api` needs of `store`. */
export interface AdminStore {
  /** To read by; changes go through `changes`. */
  readonly configuration: ConfigurationRepositories;
  readonly changes: ConfigurationChanges;
  readonly contacts: ContactRepository;
  readonly cdrs: CdrRepository;
  readonly voicemails: VoicemailRepository;
  readonly recordings: RecordingRepository;
  readonly surveys: SurveyReport;
  readonly access: AccessStore;
  /** Keys and sessions: whatever proves who somebody is. */
  readonly apiKeys: Doorkeeper;
  readonly audit: AuditTrail & AuditLog;
  readonly idempotency: IdempotencyStore;
  readonly settings: SettingsInForce;
  /** The phones that are registered, at whatever node. */
  readonly devices: Pick<BindingStore, 'all'>;
}
