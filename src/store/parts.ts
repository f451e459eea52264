/** Written or read by one statement: some milliseconds of the thread that routes calls. */
export const ROWS_MAX = 500;

/** Many rows, in as many statements as they need. */
export function* partsOf<Item>(items: readonly Item[]): Iterable<readonly Item[]> {
  for (let from = 0; from < items.length; from += ROWS_MAX)
    yield items.slice(from, from + ROWS_MAX);
}
