const FIN_AND_TEXT = 0x81;
const BYTES_7_BIT_MAX = 125;
const BYTES_16_BIT_MAX = 65_535;

/** A server's text message as one frame (RFC 6455 section 5.2): made once, and written to any number of sockets. */
export function encodeFrame(text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const head = bytes <= BYTES_7_BIT_MAX ? 2 : bytes <= BYTES_16_BIT_MAX ? 4 : 10;
  const frame = Buffer.allocUnsafe(head + bytes);
  frame[0] = FIN_AND_TEXT;
  if (head === 2) frame[1] = bytes;
  else if (head === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(bytes, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(bytes), 2);
  }
  frame.write(text, head);
  return frame;
}
