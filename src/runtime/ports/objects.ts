import type { Refusal } from '../../lib/errors.ts';
import type { OneRefused } from '../../lib/one-by-one.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { CalendarConfig, Closure } from '../../model/calendar.ts';
import type { AgentId, CalendarId, QueueId } from '../../model/ids.ts';
import type { Label } from '../../model/label.ts';
import type { NumberConfig } from '../../model/number.ts';
import type { QueueConfig } from '../../model/queue.ts';
import type { Disposition, NotReadyReason } from '../../model/reasons.ts';
import type { WebhookConfig } from '../../model/webhook.ts';
import type { StoredUser, User } from './access.ts';
import type { ListRequest, ManyRepository, Page, Repository, Stored } from './lists.ts';

// What the operator decides, object by object.

export type NumberRepository = ManyRepository<NumberConfig, string>;

export type QueueRepository = ManyRepository<QueueConfig, QueueId>;

export type DispositionRepository = ManyRepository<Disposition, string>;

export type NotReadyReasonRepository = ManyRepository<NotReadyReason, string>;

/** Secrets go in and never come out. The PIN is what an agent types on a phone. */
export interface AgentSecrets {
  readonly sipPassword?: string;
  readonly pin?: string;
}

export type SecretName = keyof AgentSecrets;

export interface SecretsOfAgent {
  readonly id: AgentId;
  readonly secrets: AgentSecrets;
}

export interface AgentRepository extends ManyRepository<AgentConfig, AgentId> {
  /** With `ids`, those alone. */
  list(
    request: ListRequest,
    ids?: readonly AgentId[],
  ): Promise<Result<Page<Stored<AgentConfig>>, Refusal>>;
  /** Sets what is given and leaves the rest. The HA1s hold the extension, so a new one needs a new password. */
  setSecrets(id: AgentId, secrets: AgentSecrets): Promise<Result<undefined, Refusal>>;
  /** Of agents who are there. */
  setSecretsOfAll(all: readonly SecretsOfAgent[]): Promise<void>;
  /** The names of those that are not what is stored, of each agent. */
  otherSecrets(all: readonly SecretsOfAgent[]): Promise<readonly (readonly SecretName[])[]>;
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

/** How often something names it. */
export interface UsedLabel extends Label {
  readonly agents: number;
  /** Of a team: users and keys; otherwise queues. */
  readonly elsewhere: number;
}

/** Agents and queues that name a label make it, too. `remove`: IN_USE as long as something names it. */
export interface LabelRepository
  extends Pick<
    ManyRepository<UsedLabel, string>,
    'list' | 'get' | 'getAll' | 'remove' | 'removeAll'
  > {
  create(label: Label): Promise<Result<Stored<UsedLabel>, Refusal>>;
  replace(label: Label): Promise<Result<Stored<UsedLabel>, Refusal>>;
  createAll(labels: readonly Label[]): Promise<Result<undefined, OneRefused>>;
  replaceAll(labels: readonly Label[]): Promise<Result<undefined, OneRefused>>;
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

/** What an agent types on a phone to prove who they are. */
export interface PinVerifier {
  verify(agentId: AgentId, pin: string): Promise<boolean>;
}
