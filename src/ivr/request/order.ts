import { ok, type Result } from '../../lib/result.ts';
import type { CallContext } from '../../model/call.ts';
import type { RequestOrder } from '../vocabulary.ts';
import { LIMIT_MS, type Request } from './schema.ts';
import { fillDocument, fillText, fillUrl, headerPieces, queryOf } from './templates.ts';

/** What is to be sent, for a call of which this much is known. The error is the place of the path without a value. */
export function orderOf(node: Request, context: CallContext): Result<RequestOrder, string> {
  const address = fillUrl(node.url, context);
  if (!address.ok) return address;
  const query = queryOf(node.query ?? {}, context).join('&');
  const joint = address.value.includes('?') ? '&' : '?';
  const method = node.method ?? 'GET';
  const body = bodyOf(node, context);
  return ok({
    method,
    url: query === '' ? address.value : `${address.value}${joint}${query}`,
    headers: Object.fromEntries(
      Object.entries(node.headers ?? {}).map(([name, value]) => [
        name,
        headerPieces(value, context),
      ]),
    ),
    ...(body ? { body } : {}),
    limitMs: node.limitMs ?? LIMIT_MS,
    retries: node.retries ?? (isRepeatable(method) ? 1 : 0),
    cacheMs: method === 'GET' ? (node.cacheSeconds ?? 0) * 1_000 : 0,
    set: node.set ?? {},
  });
}

function bodyOf({ body, form }: Request, context: CallContext): RequestOrder['body'] {
  if (body !== undefined) {
    return { contentType: 'application/json', text: JSON.stringify(fillDocument(body, context)) };
  }
  if (!form) return undefined;
  const text = Object.entries(form)
    .map(([name, value]) => [name, fillText(value, context)].map(encodeForm).join('='))
    .join('&');
  return { contentType: 'application/x-www-form-urlencoded', text };
}

const encodeForm = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+');

/** RFC 9110 section 9.2.2: doing it twice is the same as doing it once. */
const isRepeatable = (method: string): boolean => method !== 'POST' && method !== 'PATCH';
