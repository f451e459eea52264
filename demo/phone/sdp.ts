import type { RtpTarget } from './rtp-peer.ts';

const EVENT_TYPE = 101;

/** `sendonly` is a hold (RFC 3264 section 8.4). */
export type Direction = 'sendrecv' | 'sendonly';

/** What this phone can: both laws of G.711, and keys as events. A later offer of a call has a higher version. */
export function offer(
  host: string,
  port: number,
  version = 1,
  direction: Direction = 'sendrecv',
): string {
  return description(host, port, [8, 0], EVENT_TYPE, version, direction);
}

/** An answer with the first codec of the offer that this phone has; undefined if there is none. */
export function answerTo(offered: string, host: string, port: number): string | undefined {
  const target = targetOf(offered);
  if (!target) return undefined;
  return description(host, port, [target.codec === 'PCMU' ? 0 : 8], target.eventType, 1);
}

/** Where the other side wants its audio, and how; undefined when nothing fits. */
export function targetOf(sdp: string): RtpTarget | undefined {
  const media = /^m=audio (\d+) RTP\/AVP ([\d ]+)/m.exec(sdp);
  const host = /^c=IN IP4 ([^\s/]+)/m.exec(sdp)?.[1];
  const type = media?.[2]
    ?.trim()
    .split(/ +/)
    .find((payload) => payload === '8' || payload === '0');
  if (!media || !host || type === undefined) return undefined;
  const events = /^a=rtpmap:(\d+) telephone-event\/8000/im.exec(sdp)?.[1];
  return {
    host,
    port: Number(media[1]),
    codec: type === '0' ? 'PCMU' : 'PCMA',
    ...(events ? { eventType: Number(events) } : {}),
  };
}

function description(
  host: string,
  port: number,
  codecs: readonly number[],
  eventType: number | undefined,
  version: number,
  direction: Direction = 'sendrecv',
): string {
  const events = eventType === undefined ? [] : [eventType];
  const lines = [
    'v=0',
    `o=- 1 ${version} IN IP4 ${host}`,
    's=-',
    `c=IN IP4 ${host}`,
    't=0 0',
    `m=audio ${port} RTP/AVP ${[...codecs, ...events].join(' ')}`,
    'a=ptime:20',
    ...codecs.map((type) => `a=rtpmap:${type} ${type === 0 ? 'PCMU' : 'PCMA'}/8000`),
    ...events.map((type) => `a=rtpmap:${type} telephone-event/8000`),
    `a=${direction}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}
