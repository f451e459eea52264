import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { CalendarConfig, Closure } from '../../model/calendar.ts';
import type { CallEvent, CallOutcome, Cdr, PastCall } from '../../model/call.ts';
import type { Contact, Language } from '../../model/contact.ts';
import type {
  AgentId,
  CalendarId,
  CallbackId,
  CallId,
  ContactId,
  FlowId,
  QueueId,
  VoicemailId,
} from '../../model/ids.ts';
import type { Label, LabelKind } from '../../model/label.ts';
import type { NumberConfig } from '../../model/number.ts';
import type { QueueConfig } from '../../model/queue.ts';
import type { Disposition, NotReadyReason } from '../../model/reasons.ts';
import type { Settings } from '../../model/settings.ts';
import type { StoredVoicemail, VoicemailState } from '../../model/voicemail.ts';
import type { WebhookConfig } from '../../model/webhook.ts';
import type {
  AccessStore,
  AuditLog,
  AuditTrail,
  Authenticator,
  StoredUser,
  User,
} from './access.ts';
import type { IdempotencyStore } from './idempotency.ts';
import type { BindingStore, Configuration, KnownToFlows } from './index.ts';
import type {
  Decide,
  ListRequest,
  Page,
  PageRequest,
  RecordsRequest,
  Repository,
  Stored,
} from './lists.ts';
import type { RecordingRepository } from './recordings.ts';
import type { DiallingRepository, TrunkRepository } from './trunks.ts';

// What `api` and `feed` need of `store`. Methods reject only when the database is away; whatever a caller of the
// API can get wrong is a Refusal.

// ---- Lists ------------------------------------------------------------------------------------------

export type { Page, PageRequest, Repository, Stored } from './lists.ts';

// ---- Configuration ------------------------------------------------------------------------------------

export type NumberRepository = Repository<NumberConfig, string>;
export type QueueRepository = Repository<QueueConfig, QueueId>;
export type DispositionRepository = Repository<Disposition, string>;
export type NotReadyReasonRepository = Repository<NotReadyReason, string>;

/** Secrets go in and never come out. The PIN is what an agent types on a phone. */
export interface AgentSecrets {
  readonly sipPassword?: string;
  readonly pin?: string;
}

export interface AgentRepository extends Repository<AgentConfig, AgentId> {
  /** With `ids`, those alone. */
  list(
    request: ListRequest,
    ids?: readonly AgentId[],
  ): Promise<Result<Page<Stored<AgentConfig>>, Refusal>>;
  /** Sets what is given and leaves the rest. The HA1s hold the extension, so a new one needs a new password. */
  setSecrets(id: AgentId, secrets: AgentSecrets): Promise<Result<undefined, Refusal>>;
  /** Whether those that are given are the ones that are stored. */
  hasSecrets(id: AgentId, secrets: AgentSecrets): Promise<boolean>;
  /** Whose phones cannot register, because no password was ever set. */
  withoutPassword(): Promise<readonly AgentId[]>;
}

export interface CalendarRepository extends Repository<CalendarConfig, CalendarId> {
  /** What closes it by phone; null: it cannot be closed by phone. NOT_FOUND. */
  setPin(id: CalendarId, pin: string | null): Promise<Result<undefined, Refusal>>;
  hasPin(id: CalendarId, pin: string): Promise<boolean>;
  /** Undefined lifts it. Nothing else of the calendar changes. NOT_FOUND. */
  setClosure(
    id: CalendarId,
    closure: Closure | undefined,
  ): Promise<Result<Stored<CalendarConfig>, Refusal>>;
}

/** Who changes a flow, and what they say about it. */
export interface Authorship {
  /** The name of an API key. */
  readonly author: string;
  readonly comment?: string;
}

/** Without `liveVersion` there is only a draft. */
export interface FlowSummary {
  readonly id: FlowId;
  readonly liveVersion?: number;
  readonly latestVersion?: number;
  readonly draftRevision?: number;
  readonly updatedAt: EpochMs;
}

export interface FlowVersion extends Partial<Authorship> {
  readonly id: FlowId;
  readonly version: number;
  readonly live: boolean;
  readonly document: unknown;
  readonly createdAt: EpochMs;
}

/** What somebody is working on. It may be incomplete. */
export interface FlowDraft extends Authorship {
  readonly id: FlowId;
  readonly document: unknown;
  readonly revision: number;
  readonly updatedAt: EpochMs;
}

/** A version that went live; `previous` did until then. */
export interface FlowPublication extends Authorship {
  readonly seq: number;
  readonly version: number;
  readonly previous?: number;
  readonly at: EpochMs;
}

/** Versions are never changed or deleted singly: a flow is taken back by publishing an older version again. */
export interface FlowRepository {
  list(request: PageRequest): Promise<Result<Page<FlowSummary>, Refusal>>;
  versions(id: FlowId, request: PageRequest): Promise<Result<Page<FlowVersion>, Refusal>>;
  /** Newest first. */
  publications(id: FlowId, request: PageRequest): Promise<Result<Page<FlowPublication>, Refusal>>;
  /** Without a version: the one that is live. */
  get(id: FlowId, version?: number): Promise<FlowVersion | undefined>;
  /** Stores the document as the next version, makes the flow if need be, and makes the version live. */
  publish(id: FlowId, document: unknown, by: Authorship): Promise<FlowVersion>;
  /** Makes a stored version live. NOT_FOUND. */
  setLive(id: FlowId, version: number, by: Authorship): Promise<Result<FlowVersion, Refusal>>;
  /** The version before the one that is live. */
  previous(id: FlowId): Promise<FlowVersion | undefined>;
  draft(id: FlowId): Promise<FlowDraft | undefined>;
  /** Makes the draft, or replaces it; `expected`: only if that is its revision. PRECONDITION_FAILED. */
  saveDraft(
    id: FlowId,
    document: unknown,
    by: Authorship,
    expected?: number,
  ): Promise<Result<FlowDraft, Refusal>>;
  /** `expected`: only if that is its revision. NOT_FOUND, PRECONDITION_FAILED. */
  dropDraft(id: FlowId, expected?: number): Promise<Result<undefined, Refusal>>;
  /** With its draft. NOT_FOUND, IN_USE. */
  remove(id: FlowId): Promise<Result<undefined, Refusal>>;
}

/** How often something names it. */
export interface UsedLabel extends Label {
  readonly agents: number;
  /** Of a team: users and keys; otherwise queues. */
  readonly elsewhere: number;
}

/** Agents and queues that name a label make it, too. `remove`: IN_USE as long as something names it. */
export interface LabelRepository
  extends Pick<Repository<UsedLabel, string>, 'list' | 'get' | 'remove'> {
  create(label: Label): Promise<Result<Stored<UsedLabel>, Refusal>>;
  replace(label: Label): Promise<Result<Stored<UsedLabel>, Refusal>>;
}

export interface WebhookRepository
  extends Omit<Repository<WebhookConfig, string>, 'create' | 'list'> {
  /** With what deliveries are signed by. ALREADY_EXISTS, LIMIT_REACHED. */
  create(webhook: WebhookConfig, secret: string): Promise<Result<Stored<WebhookConfig>, Refusal>>;
  /** In place of the one before, at once. NOT_FOUND. */
  setSecret(id: string, secret: string): Promise<Result<undefined, Refusal>>;
  hasSecret(id: string, secret: string): Promise<boolean>;
}

/** The people who may sign in, as part of the configuration: IN_USE when nobody would be left who may manage access. */
export interface UserRepository {
  get(id: string): Promise<StoredUser | undefined>;
  /** As long as they have no password, nobody can sign in as them. ALREADY_EXISTS. */
  create(user: User): Promise<Result<StoredUser, Refusal>>;
  /** NOT_FOUND. */
  replace(user: User): Promise<Result<StoredUser, Refusal>>;
  /** Ends their sessions. NOT_FOUND. */
  setPassword(id: string, password: string): Promise<Result<undefined, Refusal>>;
  hasPassword(id: string, password: string): Promise<boolean>;
  /** NOT_FOUND. */
  remove(id: string): Promise<Result<undefined, Refusal>>;
}

/** What a configuration file speaks of: more than the engine runs by. */
export interface WholeConfiguration
  extends Configuration,
    Readonly<Record<LabelKind, readonly Label[]>> {
  readonly settings: Partial<Settings>;
  readonly webhooks: readonly WebhookConfig[];
  readonly users: readonly User[];
}

/** What of the settings somebody has set. */
export type StoredSettings = Stored<{ readonly own: Partial<Settings> }>;

export interface SettingsRepository {
  get(): Promise<StoredSettings>;
  put(own: Partial<Settings>): Promise<StoredSettings>;
}

/** The settings that hold now, and what the environment says where nobody has set anything. */
export interface SettingsInForce {
  readonly current: Settings;
  readonly environment: Settings;
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
}

// ---- People and records -------------------------------------------------------------------------------

/** A call in a contact's history. */
export interface ContactCall extends PastCall {
  readonly callId: CallId;
  readonly talkMs: number;
}

/** What a contact proves who they are by; the PIN goes in and never comes out. */
export interface ContactAccount {
  readonly account: string;
  readonly pin: string;
}

/** What may be known of an account. */
export interface AccountState {
  readonly revision: number;
  readonly updatedAt: EpochMs;
}

/** Throws if the account is not to be changed as it is now; undefined: there is none. */
export type DemandAccount = (now: AccountState | undefined) => void;

export interface ContactRepository
  extends Pick<Repository<Contact, ContactId>, 'list' | 'get' | 'create'> {
  /** NOT_FOUND, ALREADY_EXISTS: one of the numbers is somebody else's. */
  change(
    id: ContactId,
    decide: Decide<Stored<Contact>, Contact>,
  ): Promise<Result<Stored<Contact>, Refusal>>;
  /** NOT_FOUND. */
  remove(id: ContactId, demand: Decide<Stored<Contact>, void>): Promise<Result<undefined, Refusal>>;
  /** Their calls, by whatever number, the newest first. */
  history(id: ContactId, request: PageRequest): Promise<Result<Page<ContactCall>, Refusal>>;
  /** Sets the account in place of any other; its lock is over. NOT_FOUND, ALREADY_EXISTS: somebody else's. */
  setAccount(
    id: ContactId,
    account: ContactAccount,
    demand: DemandAccount,
  ): Promise<Result<AccountState, Refusal>>;
  /** NOT_FOUND: there is no such contact, or no account. */
  removeAccount(id: ContactId, demand: DemandAccount): Promise<Result<undefined, Refusal>>;
  /** Whether there is one; neither account nor PIN comes out. */
  account(id: ContactId): Promise<AccountState | undefined>;
  /** The contact whom the number belongs to. */
  byNumber(e164: string): Promise<Stored<Contact> | undefined>;
}

/** Every filter narrows. */
export interface VoicemailFilter {
  /** Only messages for these agents, and for nobody in particular. */
  readonly within?: readonly AgentId[];
  readonly state?: VoicemailState;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
}

/** What may be changed about a message; null: nobody's. */
export interface VoicemailChange {
  readonly state?: VoicemailState;
  readonly queueId?: QueueId | null;
  readonly agentId?: AgentId | null;
}

/** Newest first. The sound is a file, which is whoever's who deletes the message. */
export interface VoicemailRepository {
  list(
    filter: VoicemailFilter,
    request: RecordsRequest,
  ): Promise<Result<Page<StoredVoicemail>, Refusal>>;
  get(id: VoicemailId): Promise<StoredVoicemail | undefined>;
  /** Undefined: there is no such message. */
  change(
    id: VoicemailId,
    decide: Decide<StoredVoicemail, VoicemailChange>,
  ): Promise<StoredVoicemail | undefined>;
  /** False: there was none. */
  remove(id: VoicemailId, demand: Decide<StoredVoicemail, void>): Promise<boolean>;
  /** Of messages older than that, which are gone then: at most 1,000 of them. */
  expire(before: EpochMs): Promise<readonly VoicemailId[]>;
}

/** What callers answered to a question, of calls that began in the time: per queue and agent. */
export interface SurveyFigures {
  readonly question: string;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly answers: number;
  readonly mean: number;
  /** How often 1 to 5 were given. */
  readonly scores: readonly number[];
}

export interface SurveyReport {
  summary(
    filter: Pick<CdrFilter, 'from' | 'to' | 'queueId' | 'agentId'>,
  ): Promise<readonly SurveyFigures[]>;
}

/** Every filter narrows. Times: `from` inclusive, `to` exclusive, by arrival. */
export interface CdrFilter {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
  readonly dnis?: string;
  readonly ani?: string;
  readonly outcome?: CallOutcome;
  /** Only calls of these agents, and those that no agent had. */
  readonly within?: readonly AgentId[];
  /** The call that asked for the call back, and those that tried it. */
  readonly callbackId?: CallbackId;
  /** Only calls whose callers answered a survey. */
  readonly surveyed?: boolean;
}

/** Newest first; what arrives while somebody is paging never shifts the later pages. */
export interface CdrRepository {
  list(filter: CdrFilter, request: RecordsRequest): Promise<Result<Page<Cdr>, Refusal>>;
  get(callId: CallId): Promise<Cdr | undefined>;
  /** In the order in which they happened. */
  events(callId: CallId, request: PageRequest): Promise<Result<Page<CallEvent>, Refusal>>;
}

// ---- Access -------------------------------------------------------------------------------------------

/** What an agent types on a phone to prove who they are. */
export interface PinVerifier {
  verify(agentId: AgentId, pin: string): Promise<boolean>;
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
  readonly apiKeys: Authenticator;
  readonly audit: AuditTrail & AuditLog;
  readonly idempotency: IdempotencyStore;
  readonly settings: SettingsInForce;
  /** The phones that are registered, at whatever node. */
  readonly devices: Pick<BindingStore, 'all'>;
}

// ---- Recorded prompts (served by speech) ---------------------------------------------------------------

/** A recording that was uploaded: heard instead of the flows' prompt of that name, and as the recording of that name. */
export interface RecordedPrompt {
  /** `flow.prompt`, or `prompt` for all flows. */
  readonly name: string;
  /** Absent: heard in every language that has none of its own. */
  readonly language?: Language;
  readonly durationMs: number;
  readonly uploadedAt: EpochMs;
  /** What it was before it was converted. */
  readonly original: {
    readonly rate: number;
    readonly channels: number;
    readonly format: string;
  };
}

export interface PromptLibrary {
  list(): readonly RecordedPrompt[];
  /** The sound as it is played: a WAV file. */
  sound(name: string, language?: Language): Promise<Buffer | undefined>;
  /** RECORDING_INVALID, with what is wrong with the file; OVERLOADED. Effective for the next time it is said. */
  put(
    name: string,
    language: Language | undefined,
    upload: Buffer,
    demand?: Decide<RecordedPrompt | undefined, void>,
  ): Promise<Result<RecordedPrompt, Refusal>>;
  /** False: there is none. */
  remove(
    name: string,
    language?: Language,
    demand?: Decide<RecordedPrompt | undefined, void>,
  ): Promise<boolean>;
}
