import { DocumentThread } from './document-thread.ts';
import { assembled, type JsonPieces } from './json-pieces.ts';
import { besides } from './thread-part.ts';

export interface JsonToRead {
  readonly written: Uint8Array;
}

export interface JsonRead {
  /** Undefined: somebody has to have a close look at it. */
  readonly pieces: JsonPieces | undefined;
}

/**
 * Reads a large document beside the calls: ten megabytes take a tenth of a second. Undefined: something is wrong with it, or
 * odd, and whoever reads it again says what. OVERLOADED when too many are being read.
 */
export async function readJsonAside(
  written: Uint8Array,
): Promise<{ readonly value: unknown } | undefined> {
  const thread = new DocumentThread(besides('json-reader', import.meta.url), { written });
  const answer = await thread.answer<JsonRead>();
  thread.end();
  return answer?.pieces && { value: await assembled(answer.pieces) };
}
