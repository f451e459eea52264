import * as zlib from 'node:zlib';
import type { Command } from '../../acd/commands.ts';
import type { EpochMs } from '../../lib/clock.ts';

/** One step of the journal. Numbered without gaps, so that what is missing shows. */
export type JournalRecord = { readonly n: number } & (
  | { readonly at: EpochMs; readonly command: Command }
  | { readonly keep: string; readonly value: unknown }
  | { readonly drop: string }
);

/** What a file of lines held, up to the first line that cannot be believed. */
export interface Lines {
  readonly bodies: readonly string[];
  /** Bytes from the first line that is torn or damaged to the end of the file. */
  readonly bytesCut: number;
}

const CHECKSUM_LENGTH = 8;

/** A line is the checksum of the body in hex, a space, the body, and a line feed. Bodies have no line feeds. */
export function encodeLine(body: string): string {
  return `${checksum(body)} ${body}\n`;
}

/** Reads lines until one is torn or does not match its checksum: a crash in mid-write leaves such a tail. */
export function decodeLines(bytes: Buffer): Lines {
  const bodies: string[] = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    const body = end < 0 ? undefined : decodeLine(bytes.toString('utf8', start, end));
    if (body === undefined) return { bodies, bytesCut: bytes.length - start };
    bodies.push(body);
    start = end + 1;
  }
}

function decodeLine(line: string): string | undefined {
  const body = line.slice(CHECKSUM_LENGTH + 1);
  return line.slice(0, CHECKSUM_LENGTH) === checksum(body) ? body : undefined;
}

const checksum = (body: string): string => crc32(body).toString(16).padStart(CHECKSUM_LENGTH, '0');

/** CRC-32 as in RFC 1952 section 8. */
const crc32: (body: string) => number = zlib.crc32 ?? slowCrc32;

/** For Node before 20.15, which has none of its own. */
export function slowCrc32(body: string): number {
  let crc = 0xffffffff;
  for (const byte of Buffer.from(body)) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});
