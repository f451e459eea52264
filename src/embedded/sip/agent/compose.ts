import type { MessageParts } from './types.ts';

/** Headers and body of a message, with the Content-Type that the body needs. */
export function composed(
  parts: MessageParts | undefined,
  extra: Iterable<readonly [string, string]> = [],
): { headers: [string, string][]; body: string } {
  const headers: [string, string][] = [];
  for (const [name, value] of extra) headers.push([name, value]);
  for (const [name, value] of parts?.headers ?? []) headers.push([name, value]);
  const body = parts?.body ?? '';
  const typed = headers.some(([name]) => /^(content-type|c)$/i.test(name));
  if (body !== '' && !typed)
    headers.push(['Content-Type', parts?.contentType ?? 'application/sdp']);
  return { headers, body };
}
