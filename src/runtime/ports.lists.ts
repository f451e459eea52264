import type { EpochMs } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';

/** One page of a list. The cursor is opaque; a forged one is refused with CURSOR_INVALID. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Absent on the last page. */
  readonly nextCursor?: string;
}

/** An object of the configuration with its revision, which counts its changes from 1 (ETag). */
export type Stored<T> = T & { readonly revision: number; readonly updatedAt: EpochMs };

/** What every aggregate's repository can do. Lists are in the order of the key. */
export interface Repository<T, Key extends string> {
  list(request: PageRequest): Promise<Result<Page<Stored<T>>, Refusal>>;
  get(key: Key): Promise<Stored<T> | undefined>;
  /** ALREADY_EXISTS when the key is taken; CONFIGURATION_REFUSED when it names what does not exist. */
  create(item: T): Promise<Result<Stored<T>, Refusal>>;
  /** Replaces the whole. NOT_FOUND, CONFIGURATION_REFUSED. */
  replace(item: T): Promise<Result<Stored<T>, Refusal>>;
  /** NOT_FOUND, IN_USE. */
  remove(key: Key): Promise<Result<undefined, Refusal>>;
}
