import { writeFileSync } from 'node:fs';
import { writeRtp } from '../../demo/phone/rtp-packet.ts';
import { pcma } from '../../src/embedded/media/audio/g711.ts';

const FRAME_SAMPLES = 160;
const FRAME_US = 20_000;
/** LINKTYPE_ETHERNET: SIPp 3.6 reads nothing else. */
const ETHERNET = 1;
const UDP_HEADERS = 14 + 20 + 8;

/** Writes samples (8 kHz) as the capture of an A-law RTP stream, for SIPp's play_pcap_audio. */
export function writePcmaCapture(path: string, samples: Int16Array): void {
  const chunks: Buffer[] = [fileHeader()];
  for (let frame = 0; (frame + 1) * FRAME_SAMPLES <= samples.length; frame++) {
    const payload = Buffer.alloc(FRAME_SAMPLES);
    const pcm = samples.subarray(frame * FRAME_SAMPLES, (frame + 1) * FRAME_SAMPLES);
    pcma.encode(pcm, FRAME_SAMPLES, payload, 0);
    const rtp = writeRtp({
      payloadType: 8,
      marker: frame === 0,
      sequence: frame & 0xffff,
      timestamp: frame * FRAME_SAMPLES,
      ssrc: 0x51bb,
      payload,
    });
    chunks.push(...record(rtp, frame * FRAME_US));
  }
  writeFileSync(path, Buffer.concat(chunks));
}

function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(ETHERNET, 20);
  return header;
}

function record(rtp: Buffer, atUs: number): Buffer[] {
  const length = UDP_HEADERS + rtp.length;
  const head = Buffer.alloc(16);
  head.writeUInt32LE(Math.floor(atUs / 1e6), 0);
  head.writeUInt32LE(atUs % 1e6, 4);
  head.writeUInt32LE(length, 8);
  head.writeUInt32LE(length, 12);
  return [head, headers(rtp.length), rtp];
}

/** Ethernet, IPv4 and UDP; SIPp replaces addresses, ports and checksums. */
function headers(payloadOctets: number): Buffer {
  const bytes = Buffer.alloc(UDP_HEADERS);
  bytes.writeUInt16BE(0x0800, 12);
  bytes.writeUInt8(0x45, 14);
  bytes.writeUInt16BE(28 + payloadOctets, 16);
  bytes.writeUInt8(64, 22);
  bytes.writeUInt8(17, 23);
  bytes.writeUInt32BE(0x7f000001, 26);
  bytes.writeUInt32BE(0x7f000001, 30);
  bytes.writeUInt16BE(9, 34);
  bytes.writeUInt16BE(9, 36);
  bytes.writeUInt16BE(8 + payloadOctets, 38);
  return bytes;
}
