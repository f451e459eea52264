/** A packet of a talker: 20 ms of PCMA. */
export const PACKET_OCTETS = 172;
export const PCMA = 8;
/** What of a packet has to be seen to know whose it is: the RTP header and the label. */
export const LABELLED_OCTETS = 22;

const HEADER_OCTETS = 12;
const MAGIC = 0x5ac3_96e1;

/** Says which packet of whom it is. It is in the sound, which passes any switch unchanged when both ends speak PCMA. */
export interface Label {
  readonly talker: number;
  readonly count: number;
}

export function writeLabel(packet: Buffer, { talker, count }: Label): void {
  packet.writeUInt32BE(MAGIC, HEADER_OCTETS);
  packet.writeUInt16BE(talker, HEADER_OCTETS + 4);
  packet.writeUInt32BE(count, HEADER_OCTETS + 6);
}

/** Undefined: no talker said this. */
export function labelOf(packet: Buffer): Label | undefined {
  if (packet.length < LABELLED_OCTETS) return undefined;
  if (packet.readUInt32BE(HEADER_OCTETS) !== MAGIC) return undefined;
  return {
    talker: packet.readUInt16BE(HEADER_OCTETS + 4),
    count: packet.readUInt32BE(HEADER_OCTETS + 6),
  };
}
