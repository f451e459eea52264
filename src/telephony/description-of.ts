import type Srf from 'drachtio-srf';

/** One part of a body, as drachtio-srf takes a multipart one apart. */
interface Part {
  readonly type?: string | null;
  readonly content?: string;
}

/** What comes in has to go out again, to the media server, in one message that drachtio can take (`sendShortOnly`). */
const BODY_OCTETS_MAX = 3_072;

/** Refused with 413 (RFC 3261 section 21.4.11). */
export const isTooLarge = ({ body }: Srf.SrfRequest): boolean =>
  Buffer.byteLength(body ?? '') > BODY_OCTETS_MAX;

const SDP = /^application\/sdp\b/i;

/**
 * The session description that a request brings: its body, or that part of it (RFC 5621 section 3: carriers and other
 * systems put ISUP, a location or what they know of the call beside it). Empty without a body; undefined when there is
 * none in it. A body that does not say what it is counts as one. What is too large for drachtio is none.
 */
export function descriptionOf(req: Srf.SrfRequest): string | undefined {
  if (!req.body) return '';
  if (isTooLarge(req)) return undefined;
  const type = req.has('Content-Type') ? req.get('Content-Type') : '';
  if (type === '' || SDP.test(type)) return req.body;
  const { payload = [] } = req as unknown as { payload?: readonly Part[] };
  return payload.find((part) => SDP.test(part.type ?? ''))?.content;
}

/** Whether sound goes at least one way there: a stream at port 0 is refused (RFC 3264 section 6). */
export const hasAudio = (sdp: string): boolean => /^m=audio [1-9]/m.test(sdp);

/** Whoever offers these listens no more (RFC 3264 section 8.4); old phones name no address (RFC 2543). */
export const isHold = (sdp: string): boolean =>
  /^a=(sendonly|inactive)\s*$/m.test(sdp) || /^c=IN IP4 0\.0\.0\.0\s*$/m.test(sdp);

const PLAIN_STREAM = /^m=\w+ \S+ RTP\/AVPF? (?:(?!^m=)[\s\S])*/gm;
const KEY = /^a=crypto:.*\r?\n/gm;

/**
 * As a media server is told. Phones that would like SRTP and can do without give keys to a stream of plain RTP, which
 * has no place for them (RFC 4568 section 6): FreeSWITCH refuses it with 488 for that, or with
 * `rtp_allow_crypto_in_avp` answers with RTP/SAVP, which nobody has offered.
 */
export const withoutStrayKeys = (sdp: string): string =>
  sdp.replace(PLAIN_STREAM, (stream) => stream.replace(KEY, ''));
