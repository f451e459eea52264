import { err, ok, type Result } from '../../lib/result.ts';
import type { CallContext } from '../../model/call.ts';
import { contextField } from '../places.ts';
import type { Piece } from '../vocabulary.ts';

const PLACE = /\{([^{}]*)\}/g;
const SECRET = /^secret\.([A-Z0-9_]{1,50})$/;

/**
 * An address with its places filled, each encoded for where it stands. Whatever a caller typed stays one segment of
 * the path: an empty value, `.` and `..` would ask for something else, and are an error, which names the place.
 */
export function fillUrl(template: string, context: CallContext): Result<string, string> {
  const query = template.indexOf('?');
  const path = query < 0 ? template : template.slice(0, query);
  const parts = path.split('/');
  for (const [at, part] of parts.entries()) {
    const filled = fillEncoded(part, context);
    if (!filled.ok) return filled;
    if (part !== filled.value && /^\.{0,2}$/.test(filled.value)) return err(part);
    parts[at] = filled.value;
  }
  const rest = query < 0 ? '' : encodePlaces(template.slice(query), context);
  return ok(parts.join('/') + rest);
}

function fillEncoded(part: string, context: CallContext): Result<string, string> {
  const empty = placesIn(part).find((place) => !contextField(context, place));
  return empty === undefined ? ok(encodePlaces(part, context)) : err(empty);
}

/** `?a=1&b=2`, or nothing. A parameter whose value is empty is left out. */
export function queryOf(
  parameters: Readonly<Record<string, string>>,
  context: CallContext,
): readonly string[] {
  return Object.entries(parameters).flatMap(([name, template]) => {
    const value = fillText(template, context);
    return value === '' ? [] : [`${encode(name)}=${encode(value)}`];
  });
}

/** Text with its places filled as they are: for bodies, which are encoded as a whole afterwards. */
export const fillText = (template: string, context: CallContext): string =>
  template.replace(PLACE, (_, place: string) => contextField(context, place) ?? '');

/** A header's value. Secrets stay places: only the shell has them, and what a caller says can never name one. */
export function headerPieces(template: string, context: CallContext): readonly Piece[] {
  return template
    .split(/(\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      const secret = SECRET.exec(part.slice(1, -1))?.[1];
      if (part.startsWith('{') && secret !== undefined) return { secret };
      return headerSafe(fillText(part, context));
    });
}

/** The same document with every text in it filled. */
export function fillDocument(document: unknown, context: CallContext): unknown {
  if (typeof document === 'string') return fillText(document, context);
  if (Array.isArray(document)) return document.map((item) => fillDocument(item, context));
  if (typeof document !== 'object' || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [key, fillDocument(value, context)]),
  );
}

/** The names of a template's places. */
export const placesIn = (template: string): readonly string[] =>
  [...template.matchAll(PLACE)].map((match) => match[1] ?? '');

export const isSecretPlace = (place: string): boolean => SECRET.test(place);

const encodePlaces = (template: string, context: CallContext): string =>
  template.replace(PLACE, (_, place: string) => encode(contextField(context, place) ?? ''));

/** RFC 3986; half a surrogate pair, which no UTF-8 can say, becomes the replacement character. */
const encode = (value: string): string => encodeURIComponent(value.toWellFormed());

/** RFC 9110 section 5.5 in its safe part: nothing ends the header, and what is not ASCII is percent-encoded. */
const headerSafe = (value: string): string =>
  value.toWellFormed().replace(/[^\x20-\x7e]/gu, (character) => encodeURIComponent(character));
