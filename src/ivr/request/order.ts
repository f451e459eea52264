import { Hidden } from '../../lib/hidden.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import type { CallContext } from '../../model/call.ts';
import type { RequestOrder } from '../vocabulary.ts';
import { LIMIT_MS, type Request } from './schema.ts';
import {
  fillDocument,
  fillText,
  fillUrl,
  headerPieces,
  placesIn,
  queryOf,
  typedName,
  type Values,
  valuesOf,
} from './templates.ts';

/** What was typed in secret under a name; undefined: nobody has typed it. */
export type SecretOf = (name: string) => string | undefined;

/**
 * What is to be sent, for a call of which this much is known. The error is the place without a value: in the path, or
 * one of what should have been typed in secret, which nobody is asked about without.
 */
export function orderOf(
  node: Request,
  context: CallContext,
  secretOf: SecretOf,
): Result<RequestOrder, string> {
  const untyped = typedPlaces(node).find((place) => !secretOf(typedName(place) ?? ''));
  if (untyped !== undefined) return err(untyped);
  const known = valuesOf(context);
  const address = fillUrl(node.url, known);
  if (!address.ok) return address;
  const query = queryOf(node.query ?? {}, known).join('&');
  const joint = address.value.includes('?') ? '&' : '?';
  const method = node.method ?? 'GET';
  const all: Values = (place) => {
    const name = typedName(place);
    return name === undefined ? known(place) : secretOf(name);
  };
  const body = bodyOf(node, all);
  return ok({
    method,
    url: query === '' ? address.value : `${address.value}${joint}${query}`,
    headers: Object.fromEntries(
      Object.entries(node.headers ?? {}).map(([name, value]) => [name, headerPieces(value, all)]),
    ),
    ...(body ? { body } : {}),
    limitMs: node.limitMs ?? LIMIT_MS,
    retries: node.retries ?? (isRepeatable(method) ? 1 : 0),
    cacheMs: method === 'GET' ? (node.cacheSeconds ?? 0) * 1_000 : 0,
    set: node.set ?? {},
  });
}

/** The places of what callers type in secret, wherever such a place may stand. */
export const typedPlaces = ({ body, form, headers }: Request): readonly string[] =>
  [...textsIn(body), ...textsIn(form), ...textsIn(headers)]
    .flatMap(placesIn)
    .filter((place) => typedName(place) !== undefined);

/** Every text of a document. JSON's own braces are not places. */
export function textsIn(document: unknown): readonly string[] {
  if (typeof document === 'string') return [document];
  if (typeof document !== 'object' || document === null) return [];
  return Object.values(document).flatMap(textsIn);
}

function bodyOf({ body, form }: Request, values: Values): RequestOrder['body'] {
  if (body !== undefined) {
    const text = JSON.stringify(fillDocument(body, values));
    return { contentType: 'application/json', text: new Hidden(text) };
  }
  if (!form) return undefined;
  const text = Object.entries(form)
    .map(([name, value]) => [name, fillText(value, values)].map(encodeForm).join('='))
    .join('&');
  return { contentType: 'application/x-www-form-urlencoded', text: new Hidden(text) };
}

const encodeForm = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');

/** RFC 9110 section 9.2.2: doing it twice is the same as doing it once. */
const isRepeatable = (method: string): boolean => method !== 'POST' && method !== 'PATCH';
