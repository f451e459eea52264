import {
  callIdOf,
  cseqOf,
  fromTagOf,
  type SipMessage,
  type SipRequest,
  topVia,
} from '../message.ts';

export const MAGIC_COOKIE = 'z9hG4bK';

/** Responses find their client transaction by branch and method (RFC 3261 section 17.1.3). */
export function clientKey(message: SipMessage): string | undefined {
  const branch = topVia(message)?.params.get('branch');
  const method = cseqOf(message)?.method;
  return branch === undefined || method === undefined ? undefined : `${branch}|${method}`;
}

/**
 * Requests find their server transaction by branch, sent-by and method, an ACK by that of its INVITE
 * (RFC 3261 section 17.2.3). `method` overrides the request's, for a CANCEL that looks for its INVITE.
 */
export function serverKey(request: SipRequest, method: string = request.method): string {
  const via = topVia(request);
  const branch = via?.params.get('branch') ?? '';
  const matched = method === 'ACK' ? 'INVITE' : method;
  const sentBy = `${via?.host.toLowerCase()}:${via?.port ?? 5060}`;
  if (branch.startsWith(MAGIC_COOKIE)) return `${branch}|${sentBy}|${matched}`;
  // RFC 2543 clients: no unique branch, so everything that must be equal makes the key. The To tag is
  // left out, as an ACK has the one of the response; Call-ID and CSeq number tell calls apart.
  const cseq = cseqOf(request)?.seq ?? 0;
  return `2543|${callIdOf(request)}|${cseq}|${fromTagOf(request) ?? ''}|${sentBy}|${matched}`;
}
