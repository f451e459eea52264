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
  /** Of those that failed: what another voice says instead. */
  readonly spared: number;
  /** Why the first of them failed. */
  readonly why?: string;
}

export interface PrerenderOptions {
  readonly voice: Assembly;
  /** Makes what the voice cannot. */
  readonly spare: Assembly | undefined;
  isStopped(): boolean;
  /** Told after each of them. */
  onLooked(): void;
}

/**
 * Makes what is missing, in this order, without getting in the way of a sentence that a caller waits for. Never
 * rejects.
 */
export async function prerender(
  sentences: readonly Sentence[],
  { voice, spare, isStopped, onLooked }: PrerenderOptions,
): Promise<RenderReport> {
  let [rendered, cached, failed, spared, failures] = [0, 0, 0, 0, 0];
  let why: string | undefined;
  for (const [at, sentence] of sentences.entries()) {
    if (at % LOOKED_FOR_AT_ONCE === 0) await setImmediate();
    if (isStopped()) break;
    try {
      if (voice.knows(sentence)) {
        cached += 1;
        continue;
      }
      if (failures >= FAILURES_MAX) throw new Error(why);
      await voice.make(sentence);
      rendered += 1;
      failures = 0;
    } catch (error) {
      failed += 1;
      failures += 1;
      why ??= String(error);
      const instead = spare?.make(sentence).then(
        () => 1,
        () => 0,
      );
      spared += (await instead) ?? 0;
    } finally {
      onLooked();
    }
  }
  return { rendered, cached, failed, spared, ...(why === undefined ? {} : { why }) };
}
