import { Hidden } from '../../lib/hidden.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { CallContext } from '../../model/call.ts';
import { VARIABLE_NAME } from '../assignments.ts';
import { contextField } from '../places.ts';
import type { Piece } from '../vocabulary.ts';

const PLACE = /\{([^{}]*)\}/g;
const SECRET = /^secret\.([A-Z0-9_]{1,50})$/;
const TYPED = new RegExp(`^typed\\.(${VARIABLE_NAME})$`);

/** What stands in a place. */
export type Values = (place: string) => string | undefined;

/** What anybody may know of the call. */
export const valuesOf =
  (context: CallContext): Values =>
  (place) =>
    contextField(context, place);

/** Under what name a place has what the caller typed in secret: `{typed.pin}`. Undefined: it is another place. */
export const typedName = (place: string): string | undefined => TYPED.exec(place)?.[1];

/**
 * An address with its places filled, each encoded for where it stands. Whatever a caller typed stays one segment of
 * the path: an empty value, `.` and `..` would ask for something else, and are an error, which names the place.
 */
export function fillUrl(template: string, values: Values): Result<string, string> {
  const query = template.indexOf('?');
  const path = query < 0 ? template : template.slice(0, query);
  const parts = path.split('/');
  for (const [at, part] of parts.entries()) {
    const filled = fillEncoded(part, values);
    if (!filled.ok) return filled;
    if (part !== filled.value && /^\.{0,2}$/.test(filled.value)) return err(part);
    parts[at] = filled.value;
  }
  const rest = query < 0 ? '' : encodePlaces(template.slice(query), values);
  return ok(parts.join('/') + rest);
}

function fillEncoded(part: string, values: Values): Result<string, string> {
  const empty = placesIn(part).find((place) => !values(place));
  return empty === undefined ? ok(encodePlaces(part, values)) : err(empty);
}

/** `?a=1&b=2`, or nothing. A parameter whose value is empty is left out. */
export function queryOf(
  parameters: Readonly<Record<string, string>>,
  values: Values,
): readonly string[] {
  return Object.entries(parameters).flatMap(([name, template]) => {
    const value = fillText(template, values);
    return value === '' ? [] : [`${encode(name)}=${encode(value)}`];
  });
}

/** Text with its places filled as they are: for bodies, which are encoded as a whole afterwards. */
export const fillText = (template: string, values: Values): string =>
  template.replace(PLACE, (_, place: string) => values(place) ?? '');

/**
 * A header's value. Secrets of the house stay places: only the shell has them, and what a caller says can never name
 * one. What callers typed in secret is hidden.
 */
export function headerPieces(template: string, values: Values): readonly Piece[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const secret = SECRET.exec(part.slice(1, -1))?.[1];
      if (part.startsWith('{') && secret !== undefined) return { secret };
      const text = headerSafe(fillText(part, values));
      return typedName(part.slice(1, -1)) === undefined ? text : new Hidden(text);
    });
}

/** The same document with every text in it filled. */
export function fillDocument(document: unknown, values: Values): unknown {
  if (typeof document === 'string') return fillText(document, values);
  if (Array.isArray(document)) return document.map((item) => fillDocument(item, values));
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [key, fillDocument(value, values)]),
  );
}

/** The names of a template's places. */
export const placesIn = (template: string): readonly string[] =>
  [...template.matchAll(PLACE)].map((match) => match[1] ?? '');

export const isSecretPlace = (place: string): boolean => SECRET.test(place);

const encodePlaces = (template: string, values: Values): string =>
  template.replace(PLACE, (_, place: string) => encode(values(place) ?? ''));

/** RFC 3986; half a surrogate pair, which no UTF-8 can say, becomes the replacement character. */
const encode = (value: string): string => encodeURIComponent(value.toWellFormed());

/** RFC 9110 section 5.5 in its safe part: nothing ends the header, and what is not ASCII is percent-encoded. */
const headerSafe = (value: string): string =>
  value.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
