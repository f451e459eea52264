import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Encoding } from '../ports/import.ts';

const SAMPLE_BYTES = 65_536;
/** A line that is longer is no row of anybody's contacts; what holds it would grow without end. */
export const LINE_CHARACTERS_MAX = 65_536;

/** What the decoder makes of bytes that are nothing in the file's encoding. */
export const UNREADABLE = '\ufffd';
const BEYOND_ASCII = /[\u0080-\uffff]/;

/**
 * How the file is written: by its mark. Without one, by its lines that have more than ASCII: Windows-1252 if more of
 * them cannot be UTF-8 than can, which a line in Latin-1 hardly ever can. Else UTF-8: a name that is rejected can be
 * mended, one that is misread is in the house. Undefined: it is no text at all.
 */
export async function detectEncoding(path: string): Promise<Encoding | undefined> {
  const head = await headOf(path);
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head.includes(0)) return undefined;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  let [readable, unreadable] = [0, 0];
  for await (const lines of linesOf(path, 'utf-8', () => undefined)) {
    for (const line of lines) {
      if (line?.includes(UNREADABLE)) unreadable += 1;
      else if (line && BEYOND_ASCII.test(line)) readable += 1;
    }
  }
  return unreadable > readable ? 'windows-1252' : 'utf-8';
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SAMPLE_BYTES), 0, SAMPLE_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

const unlessTooLong = (line: string): Line =>
  line.length > LINE_CHARACTERS_MAX ? undefined : line;

/** A line of a file; undefined: it was too long to be looked at. */
export type Line = string | undefined;

/** The file's lines, as many at a time as a chunk of it holds. The mark at its beginning is no part of the first. */
export async function* linesOf(
  path: string,
  encoding: Encoding,
  onBytes: (bytes: number) => void,
): AsyncGenerator<readonly Line[]> {
  const decoder = new TextDecoder(encoding);
  let rest = '';
  let tooLong = false;
  const cut = (text: string): Line[] => {
    const lines: Line[] = text.split(/\r?\n/).map(unlessTooLong);
    rest = text.slice(text.lastIndexOf('\n') + 1);
    lines.pop();
    if (tooLong && lines.length > 0) {
      lines[0] = undefined;
      tooLong = false;
    }
    if (rest.length > LINE_CHARACTERS_MAX) {
      tooLong = true;
      rest = '';
    }
    return lines;
  };
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield cut(rest + decoder.decode(chunk, { stream: true }));
  }
  const last = cut(`${rest}${decoder.decode()}\n`);
  // A file that ends as lines do has no line after its last.
  yield last.at(-1) === '' ? last.slice(0, -1) : last;
}
