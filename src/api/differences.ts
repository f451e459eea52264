/** One place in which two documents differ; a side that is absent has nothing there. */
export interface Difference {
  readonly path: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

export const DIFFERENCES_MAX = 1_000;

/** Where two JSON documents differ, the smallest parts by name: lists of another length are one part. */
export function differences(before: unknown, after: unknown): readonly Difference[] {
  const found: Difference[] = [];
  collect(before, after, '', found);
  return found;
}

function collect(before: unknown, after: unknown, path: string, found: Difference[]): void {
  if (found.length > DIFFERENCES_MAX || JSON.stringify(before) === JSON.stringify(after)) return;
  const keys = keysOfBoth(before, after);
  if (!keys) {
    found.push({
      path,
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    });
    return;
  }
  for (const key of keys) {
    const place = Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    collect(valueAt(before, key), valueAt(after, key), place, found);
  }
}

/** What may be compared part by part; undefined: the two are not of one kind. */
function keysOfBoth(before: unknown, after: unknown): readonly string[] | undefined {
  if (typeof before !== 'object' || typeof after !== 'object' || !before || !after)
    return undefined;
  if (Array.isArray(before) !== Array.isArray(after)) return undefined;
  if (Array.isArray(before) && before.length !== (after as unknown[]).length) return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

const valueAt = (value: unknown, key: string): unknown =>
  Object.hasOwn(value as object, key) ? (value as Record<string, unknown>)[key] : undefined;
