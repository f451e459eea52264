import type { IncomingHttpHeaders } from 'node:http';

export const SESSION_COOKIE = 'centralita_session';

/** What a request proves by who it is from: a header that only a program sets, or the cookie that a browser adds. */
export interface Presented {
  readonly secret: string;
  readonly by: 'header' | 'cookie';
}

/** Headers come first: whoever sets one means it. Undefined: nothing was presented, or nothing that can be read. */
export function presentedBy(headers: IncomingHttpHeaders): Presented | undefined {
  const { authorization, 'x-api-key': key, cookie } = headers;
  if (typeof key === 'string' && key !== '') return { secret: key, by: 'header' };
  if (authorization !== undefined) {
    const secret = /^bearer +(\S+)$/i.exec(authorization)?.[1];
    return secret === undefined ? undefined : { secret, by: 'header' };
  }
  const pair = cookie?.split(';').find((one) => one.trim().startsWith(`${SESSION_COOKIE}=`));
  const secret = pair?.trim().slice(SESSION_COOKIE.length + 1);
  return secret ? { secret, by: 'cookie' } : undefined;
}

/**
 * Whether a browser sent this from a page of ours. A cookie goes along with whatever any page makes the browser send
 * (SameSite keeps most of that back), so what changes something, and a websocket, is taken with a cookie from our own
 * pages only. Programs send neither header, and no cookie of somebody else's.
 */
export function isFromOwnPage(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}
