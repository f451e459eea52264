import type Srf from 'drachtio-srf';

/** One part of a body, as drachtio-srf takes a multipart one apart. */
interface Part {
  readonly type?: string | null;
  readonly content?: string;
}

const SDP = /^application\/sdp\b/i;

/**
 * The session description that a request brings: its body, or that part of it (RFC 5621 section 3: carriers and other
 * systems put ISUP, a location or what they know of the call beside it). Empty without a body; undefined when there is
 * none in it. A body that does not say what it is counts as one.
 */
export function descriptionOf(req: Srf.SrfRequest): string | undefined {
  if (!req.body) return '';
  const type = req.has('Content-Type') ? req.get('Content-Type') : '';
  if (type === '' || SDP.test(type)) return req.body;
  const { payload = [] } = req as unknown as { payload?: readonly Part[] };
  return payload.find((part) => SDP.test(part.type ?? ''))?.content;
}
