import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { OneRefused } from '../../lib/one-by-one.ts';
import type { Result } from '../../lib/result.ts';

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

/** One page of what has happened: the newest first unless something else is said. */
export interface RecordsRequest extends PageRequest {
  readonly order?: Order;
}
export const ORDERS = ['newest', 'oldest'] as const;
export type Order = (typeof ORDERS)[number];

/** By the key unless something else is said; `-`: backwards. */
export const SORTS = ['id', '-id', 'name', '-name', 'updatedAt', '-updatedAt'] as const;
export type Sort = (typeof SORTS)[number];

/** One page of what fits, in an order. */
export interface FindRequest extends PageRequest {
  readonly sort?: Sort;
  /** Part of the key or the name, in whatever case. */
  readonly q?: string;
}

export interface ListRequest extends FindRequest {
  /** By the filters that the kind of object has; every one narrows. */
  readonly where?: Readonly<Record<string, string>>;
}

/**
 * Says what becomes of an object as it is now: asked within the transaction that writes, so that nobody's change comes in
 * between. When it throws, nothing is changed.
 */
export type Decide<Now, Wanted> = (now: Now) => Wanted;

/** What every aggregate's repository can do. */
export interface Repository<T, Key extends string> {
  list(request: ListRequest): Promise<Result<Page<Stored<T>>, Refusal>>;
  get(key: Key): Promise<Stored<T> | undefined>;
  /** ALREADY_EXISTS when the key is taken; CONFIGURATION_REFUSED when it names what does not exist. */
  create(item: T): Promise<Result<Stored<T>, Refusal>>;
  /** Replaces the whole. NOT_FOUND, CONFIGURATION_REFUSED. */
  replace(item: T): Promise<Result<Stored<T>, Refusal>>;
  /** NOT_FOUND, IN_USE. */
  remove(key: Key): Promise<Result<undefined, Refusal>>;
}

/**
 * What a file of thousands is written by: a few statements, within a change of the configuration. The first that is refused
 * is told, and the change goes no further.
 */
export interface ManyRepository<T, Key extends string> extends Repository<T, Key> {
  /** Those that are there, in no order. */
  getAll(keys: readonly Key[]): Promise<readonly Stored<T>[]>;
  createAll(items: readonly T[]): Promise<Result<undefined, OneRefused>>;
  replaceAll(items: readonly T[]): Promise<Result<undefined, OneRefused>>;
  removeAll(keys: readonly Key[]): Promise<Result<undefined, OneRefused>>;
}
