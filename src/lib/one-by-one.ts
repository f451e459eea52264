import type { Refusal } from './errors.ts';
import { err, ok, type Result } from './result.ts';

/** Whose fault it is, of many. */
export interface OneRefused {
  readonly key: string;
  readonly why: Refusal;
}

/** One after the other, until one is refused. */
export async function oneByOne<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  work: (item: Item) => Promise<Result<unknown, Refusal>>,
): Promise<Result<undefined, OneRefused>> {
  for (const item of items) {
    const done = await work(item);
    if (!done.ok) return err({ key: keyOf(item), why: done.error });
  }
  return ok(undefined);
}
