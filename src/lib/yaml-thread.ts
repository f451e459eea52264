import { DocumentThread } from './document-thread.ts';
import { assembled, type JsonPieces } from './json-pieces.ts';
import { err, ok, type Result } from './result.ts';
import { besides } from './thread-part.ts';

/** A document that a thread of its own has read, and keeps until it is let go. */
export interface ReadAside {
  readonly value: unknown;
  /** Line and column of each place, `12:7`; of one that is not there, of the nearest that is. */
  positionsOf(places: readonly string[]): Promise<readonly string[]>;
  letGo(): void;
}

export interface YamlToRead {
  readonly written: Uint8Array;
  readonly charactersMax: number | undefined;
}

export type YamlRead =
  | { readonly ok: true; readonly pieces: JsonPieces }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a document beside the calls: to parse a company of a thousand agents takes a second, one of ten megabytes half a
 * minute. What is wrong with it begins with line and column. OVERLOADED when too many are being read.
 */
export async function readYamlAside(
  written: Uint8Array,
  charactersMax?: number,
): Promise<Result<ReadAside, readonly string[]>> {
  const reader = besides('yaml-reader', import.meta.url);
  const thread = new DocumentThread(reader, { written, charactersMax } satisfies YamlToRead);
  const answer = await thread.answer<YamlRead>();
  if (answer?.ok !== true) {
    thread.end();
    return err(answer?.problems ?? ['1:1: takes more time or memory to read than anything may']);
  }
  return ok({
    value: await assembled(answer.pieces),
    async positionsOf(places) {
      if (places.length === 0) return [];
      thread.ask(places);
      return (await thread.answer<readonly string[]>()) ?? places.map(() => '1:1');
    },
    letGo: () => thread.end(),
  });
}
