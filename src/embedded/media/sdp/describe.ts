import { CODECS, type CodecName } from '../audio/codec.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Description {
  readonly sessionId: number;
  readonly version: number;
  readonly address: string;
  readonly port: number;
  readonly codecs: readonly CodecName[];
  readonly eventType: number | undefined;
  readonly direction: Direction;
  /** The offer's m-lines, in order: the one we take is `undefined`, the others are refused as they came. */
  readonly lines: readonly (string | undefined)[];
}

/** An SDP of ours, in the form in which FreeSWITCH writes its own. */
export function writeSdp(description: Description): string {
  const { sessionId, version, address } = description;
  const lines = [
    'v=0',
    `o=FreeSWITCH ${sessionId} ${version} IN IP4 ${address}`,
    's=FreeSWITCH',
    `c=IN IP4 ${address}`,
    't=0 0',
  ];
  for (const refused of description.lines) {
    lines.push(...(refused === undefined ? audioLines(description) : [refused]));
  }
  return `${lines.join('\r\n')}\r\n`;
}

function audioLines({ port, codecs, eventType, direction }: Description): string[] {
  const types: number[] = codecs.map((name) => CODECS[name].payloadType);
  if (eventType !== undefined) types.push(eventType);
  const lines = [`m=audio ${port} RTP/AVP ${types.join(' ')}`];
  for (const name of codecs) {
    lines.push(`a=rtpmap:${CODECS[name].payloadType} ${name}/${CODECS[name].clockRate}`);
  }
  if (eventType !== undefined) {
    lines.push(`a=rtpmap:${eventType} telephone-event/8000`, `a=fmtp:${eventType} 0-15`);
  }
  lines.push('a=silenceSupp:off - - - -', 'a=ptime:20', `a=${direction}`);
  return lines;
}
