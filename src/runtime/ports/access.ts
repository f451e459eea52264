import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { Actor, Principal, Role, Scope } from '../../model/access.ts';
import type { AgentId } from '../../model/ids.ts';
import type { Decide, FindRequest, Page, RecordsRequest } from './lists.ts';

/** Who may do what, and who did. */

export interface Authenticator {
  /**
   * Whose key or session it is; undefined for what is not ours. Keys are answered from memory while the database
   * is away; DATABASE_AWAY is thrown when there is nothing to answer from.
   */
  verify(secret: string): Promise<Principal | undefined>;
}

/** Of the API, which has room for a sentence. */
export interface Doorkeeper extends Authenticator {
  /**
   * To whoever presents a secret that opens nothing, and did once: since when, in a sentence. Only who has the secret
   * learns it. Undefined: it is none of ours.
   */
  whyNot(secret: string): Promise<string | undefined>;
}

/** What was done to what, by whom. Secrets are never in it; `before` and `after` are as the API shows the object. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly actor: Actor;
  /** `queue.created`, `call.listened`: noun and past participle. */
  readonly action: string;
  readonly object: AuditObject;
  /** Absent: it was not there. */
  readonly before?: unknown;
  /** Absent: it is not there any more. */
  readonly after?: unknown;
}

export interface AuditObject {
  readonly kind: string;
  readonly id: string;
}

export interface AuditTrail {
  /** Never rejects, and nobody waits for the database: entries queue in memory, within a limit, while it is away. */
  record(entry: AuditEntry): Promise<void>;
}

/** An entry as it is kept; `seq` orders them. */
export interface StoredAuditEntry extends AuditEntry {
  readonly seq: number;
}

/** Every filter narrows. Times: `from` inclusive, `to` exclusive. */
export interface AuditFilter {
  readonly from?: EpochMs;
  readonly to?: EpochMs;
  readonly actorId?: string;
  readonly action?: string;
  readonly objectKind?: string;
  readonly objectId?: string;
}

/** The newest first. */
export interface AuditLog {
  list(
    filter: AuditFilter,
    request: RecordsRequest,
  ): Promise<Result<Page<StoredAuditEntry>, Refusal>>;
}

// ---- Users -------------------------------------------------------------------------------------------

export interface User {
  /** What they sign in with. */
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Of a supervisor: the only teams that they see. Absent: all. */
  readonly teams?: readonly string[];
  /** Who they are on the phone; the role agent has one, and sees nobody else. */
  readonly agentId?: AgentId;
  readonly disabled: boolean;
}

export type StoredUser = User & {
  readonly revision: number;
  readonly createdAt: EpochMs;
  readonly updatedAt: EpochMs;
};

/** Rights that change, change at once, in sessions that are open; a new password, or none any more, ends them. */
export interface Users {
  list(request: FindRequest): Promise<Result<Page<StoredUser>, Refusal>>;
  get(id: string): Promise<StoredUser | undefined>;
  /** ALREADY_EXISTS. */
  create(user: User, password: string): Promise<Result<StoredUser, Refusal>>;
  /** NOT_FOUND; IN_USE: nobody would be left who may manage access. Without a password, it stays. */
  change(
    id: string,
    decide: Decide<StoredUser, User>,
    password?: string,
  ): Promise<Result<StoredUser, Refusal>>;
  /** NOT_FOUND, IN_USE as above. */
  remove(id: string, demand: Decide<StoredUser, void>): Promise<Result<undefined, Refusal>>;
}

// ---- Sessions ----------------------------------------------------------------------------------------

export interface Session {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: EpochMs;
  readonly lastSeenAt: EpochMs;
  /** At the latest; it ends sooner when it is idle. */
  readonly expiresAt: EpochMs;
  readonly address: string;
  readonly userAgent: string;
}

export interface Sessions {
  /**
   * The token is shown this once. Undefined: the name or the password is wrong, or the user is disabled; which of
   * them, neither the answer nor the time that it takes tells.
   */
  open(
    credentials: { readonly userId: string; readonly password: string },
    from: { readonly address: string; readonly userAgent: string },
  ): Promise<
    { readonly token: string; readonly session: Session; readonly user: StoredUser } | undefined
  >;
  /** The session that a token is of. */
  byToken(token: string): Promise<Session | undefined>;
  /** The newest first, at most a hundred. */
  list(userId: string): Promise<readonly Session[]>;
  /** Ends the session of this token. */
  close(token: string): Promise<void>;
  /** Ends all of a user's, but for the one of this token; says how many. */
  closeAll(userId: string, exceptToken?: string): Promise<number>;
  /** Whether it is theirs; takes as long for nobody's. */
  checkPassword(userId: string, password: string): Promise<boolean>;
}

// ---- Keys --------------------------------------------------------------------------------------------

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The only teams whose agents it reaches. Absent: all. */
  readonly teams?: readonly string[];
  /** Absent: never. */
  readonly expiresAt?: EpochMs;
}

export type StoredApiKey = ApiKey & {
  readonly createdBy: string;
  readonly createdAt: EpochMs;
  readonly lastUsedAt?: EpochMs;
  readonly revokedAt?: EpochMs;
  readonly revision: number;
  readonly updatedAt: EpochMs;
};

export interface ApiKeyStore {
  list(request: FindRequest): Promise<Result<Page<StoredApiKey>, Refusal>>;
  get(id: string): Promise<StoredApiKey | undefined>;
  /** The secret is returned this once: only its hash is kept. */
  create(
    key: ApiKey,
    createdBy: string,
  ): Promise<{ readonly secret: string; readonly key: StoredApiKey }>;
  /** NOT_FOUND, IN_USE: nobody would be left who may manage access. */
  change(id: string, decide: Decide<StoredApiKey, ApiKey>): Promise<Result<StoredApiKey, Refusal>>;
  /** For good, and at once. It stays in the list, because the audit log names it. NOT_FOUND, IN_USE as above. */
  revoke(id: string, demand: Decide<StoredApiKey, void>): Promise<Result<StoredApiKey, Refusal>>;
}

/** Everything that the API needs to let people in and to keep the others out. */
export interface AccessStore {
  readonly users: Users;
  readonly sessions: Sessions;
  readonly keys: ApiKeyStore;
}
