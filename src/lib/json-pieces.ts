import { breather } from './slices.ts';

/** A long list is carried so many items at a time: less than a millisecond of whoever takes them in. */
const ITEMS_MAX = 100;
/** What is looked into for long lists: a body, its document, its sections. */
const DEPTH_MAX = 3;

/** A document as JSON that can be read in short turns: without its long lists, and these in pieces. */
export interface JsonPieces {
  readonly rest: string;
  readonly pieces: readonly { readonly path: readonly string[]; readonly json: string }[];
}

export function piecesOf(value: unknown): JsonPieces {
  const pieces: { path: readonly string[]; json: string }[] = [];
  const without = (part: unknown, path: readonly string[]): unknown => {
    if (typeof part !== 'object' || part === null || path.length > DEPTH_MAX) return part;
    if (!Array.isArray(part))
      return Object.fromEntries(
        Object.entries(part).map(([name, own]) => [name, without(own, [...path, name])]),
      );
    if (part.length <= ITEMS_MAX) return part;
    for (let from = 0; from < part.length; from += ITEMS_MAX)
      pieces.push({ path, json: JSON.stringify(part.slice(from, from + ITEMS_MAX)) });
    return [];
  };
  const rest = JSON.stringify(without(value, []));
  return { rest, pieces };
}

/** The document again, for those who have something else to do in between. */
export async function assembled({ rest, pieces }: JsonPieces): Promise<unknown> {
  const pause = breather();
  const whole: unknown = JSON.parse(rest);
  for (const { path, json } of pieces) {
    await pause();
    const items = JSON.parse(json) as unknown[];
    const list = path.reduce<unknown>((part, name) => Object(part)[name], whole);
    (list as unknown[]).push(...items);
  }
  return whole;
}

/** What `JSON.stringify` makes of a long list, in short turns. */
export async function jsonOfList(items: readonly unknown[]): Promise<string> {
  const pause = breather();
  const pieces: string[] = [];
  for (let from = 0; from < items.length; from += ITEMS_MAX) {
    pieces.push(JSON.stringify(items.slice(from, from + ITEMS_MAX)).slice(1, -1));
    await pause();
  }
  return `[${pieces.join()}]`;
}
