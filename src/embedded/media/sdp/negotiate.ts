import { type ParsedMedia, type ParsedSdp, parse } from 'sdp-transform';
import { err, ok, type Result } from '../../../lib/result.ts';
import { CODECS, type CodecName } from '../audio/codec.ts';
import type { AgreedMedia } from '../rtp/rtp-session.ts';
import type { Direction } from './describe.ts';

/** Why an SDP cannot be agreed on; the SIP side answers 488 to all but the first. */
export type SdpError = 'malformed' | 'no audio' | 'no common codec';

export interface Negotiated {
  readonly media: AgreedMedia;
  /** Our direction in the answer. */
  readonly direction: Direction;
  /** The far end's, as it was written. */
  readonly remoteDirection: Direction;
  /** See Description.lines. */
  readonly lines: readonly (string | undefined)[];
}

const SDP_OCTETS_MAX = 65_536;
const MEDIA_MAX = 20;
/** How many ports there are, for layered encodings (RFC 8866 section 5.14), which the parser does not know. */
const PORTS = /^(m=\w+ \d+)\/\d+ /gm;

/**
 * Reads a far end's SDP, be it an offer or an answer to ours (RFC 3264): the first usable audio line (who would like
 * SRTP and can do without offers a line of each), the first codec in the far end's order that is among `ours`, keys,
 * address and direction.
 */
export function negotiate(sdp: string, ours: readonly CodecName[]): Result<Negotiated, SdpError> {
  const parsed = parseSdp(sdp);
  if (!parsed) return err('malformed');
  const reachable = parsed.media.filter((media) => isAudio(media) && speaksIPv4(parsed, media));
  const [choice] = reachable.flatMap((media) => choiceOf(media, ours));
  if (!choice) return err(reachable.length === 0 ? 'no audio' : 'no common codec');
  const { audio, types, chosen } = choice;
  const remoteDirection = directionOf(parsed, audio);
  const ip = audio.connection?.ip ?? parsed.connection?.ip ?? '';
  const onHold = ip === '0.0.0.0' || ip === '';
  const eventType = eventTypeOf(audio, types);
  return ok({
    media: {
      codec: chosen,
      payloadType: CODECS[chosen].payloadType,
      eventSendType: eventType,
      eventReceiveType: eventType,
      remote: { address: ip, port: audio.port },
      sending: !onHold && (remoteDirection === 'sendrecv' || remoteDirection === 'recvonly'),
      receiving: remoteDirection === 'sendrecv' || remoteDirection === 'sendonly',
    },
    direction: answerTo(remoteDirection),
    remoteDirection: onHold && remoteDirection === 'sendrecv' ? 'sendonly' : remoteDirection,
    lines: parsed.media.map((media) => (media === audio ? undefined : refusal(media))),
  });
}

function parseSdp(sdp: string): ParsedSdp | undefined {
  if (sdp.length > SDP_OCTETS_MAX || !/^v=0\s/.test(sdp)) return undefined;
  try {
    const parsed = parse(sdp.replace(PORTS, '$1 '));
    return parsed.media.length <= MEDIA_MAX ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** RTP is sent to that port and RTCP to the next one (RFC 3550 section 11): both have to exist. */
const isAudio = ({ type, port, protocol }: ParsedMedia): boolean =>
  type === 'audio' && port > 0 && port < 65_535 && /^RTP\/AVPF?$/.test(protocol);

/** Our sockets are IPv4: what named an address of IPv6 would never hear us. */
const speaksIPv4 = (parsed: ParsedSdp, media: ParsedMedia): boolean =>
  (media.connection ?? parsed.connection)?.version !== 6;

interface Choice {
  readonly audio: ParsedMedia;
  readonly types: readonly number[];
  readonly chosen: CodecName;
}

function choiceOf(audio: ParsedMedia, ours: readonly CodecName[]): Choice[] {
  const types = String(audio.payloads ?? '')
    .split(' ')
    .map(Number);
  const chosen = types
    .map((type) => codecOf(audio, type))
    .find((name) => name && ours.includes(name));
  return chosen ? [{ audio, types, chosen }] : [];
}

/** Static payload types need no rtpmap (RFC 3551 table 4). */
function codecOf(media: ParsedMedia, type: number): CodecName | undefined {
  const map = media.rtp.find((entry) => entry.payload === type);
  const name = map?.codec.toUpperCase();
  for (const codec of Object.values(CODECS)) {
    if (codec.payloadType !== type) continue;
    if (!map || (name === codec.name && map.rate === codec.clockRate)) return codec.name;
  }
  return undefined;
}

function eventTypeOf(media: ParsedMedia, types: readonly number[]): number | undefined {
  return media.rtp.find(
    (entry) =>
      entry.codec.toLowerCase() === 'telephone-event' &&
      entry.rate === 8000 &&
      types.includes(entry.payload),
  )?.payload;
}

function directionOf(parsed: ParsedSdp, media: ParsedMedia): Direction {
  const written = media.direction ?? parsed.direction ?? 'sendrecv';
  return written === 'sendonly' || written === 'recvonly' || written === 'inactive'
    ? written
    : 'sendrecv';
}

/** RFC 3264 section 6.1. */
function answerTo(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly';
  if (direction === 'recvonly') return 'sendonly';
  return direction;
}

function refusal(media: ParsedMedia): string {
  return `m=${media.type} 0 ${media.protocol} ${media.payloads ?? '0'}`;
}
