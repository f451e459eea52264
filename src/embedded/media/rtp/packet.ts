/* RTP's fixed header (RFC 3550 section 5.1), read and written in place: 20,000 packets a second pass here. */

export const RTP_HEADER_OCTETS = 12;
/** The longest packet that is taken, passed on or sent: an Ethernet frame's worth, 180 ms of G.711. */
export const PACKET_OCTETS_MAX = 1500;

/** One received packet; the object is reused for the next one, and `payload` is only lent. */
export interface RtpHeader {
  marker: boolean;
  payloadType: number;
  sequence: number;
  timestamp: number;
  ssrc: number;
  payloadStart: number;
  payloadEnd: number;
}

export function emptyRtpHeader(): RtpHeader {
  return {
    marker: false,
    payloadType: 0,
    sequence: 0,
    timestamp: 0,
    ssrc: 0,
    payloadStart: 0,
    payloadEnd: 0,
  };
}

/** Fills `header` from a datagram, or returns false when it is no RTP packet with something in it. */
export function readRtpHeader(packet: Buffer, header: RtpHeader): boolean {
  if (packet.length < RTP_HEADER_OCTETS || packet.length > PACKET_OCTETS_MAX) return false;
  const first = packet[0] as number;
  if (first >> 6 !== 2) return false;
  const second = packet[1] as number;
  let start = RTP_HEADER_OCTETS + 4 * (first & 0x0f);
  let end = packet.length;
  if (first & 0x10) {
    if (start + 4 > end) return false;
    start += 4 + 4 * packet.readUInt16BE(start + 2);
  }
  if (first & 0x20) end -= packet[packet.length - 1] as number;
  if (start > end) return false;
  header.marker = second >= 0x80;
  header.payloadType = second & 0x7f;
  header.sequence = packet.readUInt16BE(2);
  header.timestamp = packet.readUInt32BE(4);
  header.ssrc = packet.readUInt32BE(8);
  header.payloadStart = start;
  header.payloadEnd = end;
  return true;
}

export function writeRtpHeader(
  packet: Buffer,
  marker: boolean,
  payloadType: number,
  sequence: number,
  timestamp: number,
  ssrc: number,
): void {
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | payloadType;
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(timestamp, 4);
  packet.writeUInt32BE(ssrc, 8);
}

/** How far `a` is ahead of `b` on the 16 bit circle: -32768 to 32767. */
export function sequenceDistance(a: number, b: number): number {
  return ((a - b) << 16) >> 16;
}
