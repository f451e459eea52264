import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { TrunkId } from '../../model/ids.ts';
import type { DiallingRules, TrunkConfig, TrunkState, TrunkWithSecret } from '../../model/trunk.ts';
import type { Repository, Stored } from './lists.ts';

/** A trunk as the store shows it: whether it has a password is no secret. */
export interface StoredTrunk extends TrunkConfig {
  readonly hasPassword: boolean;
}

export interface TrunkRepository
  extends Omit<Repository<StoredTrunk, TrunkId>, 'create' | 'replace'> {
  create(trunk: TrunkConfig): Promise<Result<Stored<StoredTrunk>, Refusal>>;
  replace(trunk: TrunkConfig): Promise<Result<Stored<StoredTrunk>, Refusal>>;
  /** Goes in and never comes out; null takes it away. NOT_FOUND. */
  setPassword(id: TrunkId, password: string | null): Promise<Result<undefined, Refusal>>;
}

/** What may be called, as one object. */
export interface DiallingRepository {
  /** Undefined: nobody has said; what the environment says holds. */
  get(): Promise<Stored<DiallingRules> | undefined>;
  put(rules: DiallingRules): Promise<Stored<DiallingRules>>;
}

/** Everything that leads outside, for whoever dials (served by telephony). */
export interface TrunkDesk {
  /** From now on these; what is the same as before goes on undisturbed. */
  configure(trunks: readonly TrunkWithSecret[]): void;
  states(): readonly TrunkState[];
}
