import type { EpochMs } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { Actor, Principal } from '../model/access.ts';
import type { Page, PageRequest } from './ports.lists.ts';

/** Who may do what, and who did. */

export interface Authenticator {
  /**
   * Whose key or session it is; undefined for what is not ours. Keys are answered from memory while the database
   * is away; DATABASE_AWAY is thrown when there is nothing to answer from.
   */
  verify(secret: string): Promise<Principal | undefined>;
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
  list(filter: AuditFilter, request: PageRequest): Promise<Result<Page<StoredAuditEntry>, Refusal>>;
}
