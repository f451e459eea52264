import Type, { type TStringOptions } from 'typebox';

const words = new Map<string, string>();

/** A text of a form: its author is told in words what it must be, by the checker and by editors. */
export function patterned(pattern: string, mustBe: string, options: TStringOptions = {}) {
  words.set(pattern, mustBe);
  return Type.String({ ...options, pattern, patternErrorMessage: `must be ${mustBe}` });
}

/** What a text must be that does not fit the pattern. */
export const wordsOf = (pattern: string | RegExp): string | undefined => words.get(String(pattern));
