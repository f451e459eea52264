import { setImmediate } from 'node:timers/promises';
import type { Assembly } from './assembly.ts';
import type { Sentence } from './voices/voice.ts';

/** Sentences are looked for on disk in rows; calls come in between. */
const LOOKED_FOR_AT_ONCE = 20;
/** A voice that has failed so often in a row is not asked for the rest of the list. */
const FAILURES_MAX = 5;

/** What came of rendering a list of sentences. */
export interface RenderReport {
  readonly rendered: number;
  readonly cached: number;
  readonly failed: number;
  /** Why the first of them failed. */
  readonly why?: string;
}

export interface PrerenderOptions {
  readonly voice: Assembly;
  /** Makes what the voice cannot. */
  readonly spare: Assembly | undefined;
  isStopped(): boolean;
}

/** Makes what is missing, without getting in the way of a sentence that a caller waits for. Never rejects. */
export async function prerender(
  sentences: readonly Sentence[],
  { voice, spare, isStopped }: PrerenderOptions,
): Promise<RenderReport> {
  let [rendered, cached, failed, failures] = [0, 0, 0, 0];
  let why: string | undefined;
  for (const [at, sentence] of inOrder(sentences).entries()) {
    if (isStopped()) break;
    if (at % LOOKED_FOR_AT_ONCE === 0) await setImmediate();
    if (voice.knows(sentence)) {
      cached += 1;
      continue;
    }
    try {
      if (failures >= FAILURES_MAX) throw new Error(why);
      await voice.make(sentence);
      rendered += 1;
      failures = 0;
    } catch (error) {
      failed += 1;
      failures += 1;
      why ??= String(error);
      await spare?.make(sentence).catch(() => {});
    }
  }
  return { rendered, cached, failed, ...(why === undefined ? {} : { why }) };
}

/** What is heard whole comes first, and each voice says all of its own. */
const inOrder = (sentences: readonly Sentence[]): readonly Sentence[] =>
  sentences.toSorted(
    (a, b) =>
      Number(a.ending !== undefined) - Number(b.ending !== undefined) ||
      a.language.localeCompare(b.language),
  );
