/** What this phone reads of an RTP packet (RFC 3550 section 5.1). */
export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const HEADER_OCTETS = 12;

export function readRtp(datagram: Buffer): RtpPacket | undefined {
  if (datagram.length < HEADER_OCTETS || datagram.readUInt8(0) >> 6 !== 2) return undefined;
  const first = datagram.readUInt8(0);
  const second = datagram.readUInt8(1);
  let start = HEADER_OCTETS + 4 * (first & 0x0f);
  if (first & 0x10) {
    if (datagram.length < start + 4) return undefined;
    start += 4 + 4 * datagram.readUInt16BE(start + 2);
  }
  const padding = first & 0x20 ? datagram.readUInt8(datagram.length - 1) : 0;
  if (start > datagram.length - padding) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, datagram.length - padding),
  };
}

export function writeRtp(packet: RtpPacket): Buffer {
  const datagram = Buffer.allocUnsafe(HEADER_OCTETS + packet.payload.length);
  datagram.writeUInt8(0x80, 0);
  datagram.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  datagram.writeUInt16BE(packet.sequence & 0xffff, 2);
  datagram.writeUInt32BE(packet.timestamp >>> 0, 4);
  datagram.writeUInt32BE(packet.ssrc >>> 0, 8);
  packet.payload.copy(datagram, HEADER_OCTETS);
  return datagram;
}
