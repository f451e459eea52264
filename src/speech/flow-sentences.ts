import type { RenderReport } from './renderer.ts';
import { isSame, type Sentence } from './voices/voice.ts';

export interface FlowSentencesOptions {
  /** Makes what is missing; never rejects. */
  render(sentences: readonly Sentence[]): Promise<RenderReport>;
  /** The phrases that numbers, amounts and dates are put together from: thousands. */
  readonly phrases: readonly Sentence[];
}

/**
 * Has everything rendered that flows say, after each change of the configuration. Resolves when the sentences that
 * callers hear whole are there; the pieces of the others follow.
 */
export function flowSentences({
  render,
  phrases,
}: FlowSentencesOptions): (sentences: readonly Sentence[]) => Promise<void> {
  let newest: readonly Sentence[] | undefined;
  let lacking = false;
  const all = async (sentences: readonly Sentence[]): Promise<void> => {
    lacking = (await render(sentences)).failed > 0 || lacking;
  };
  return async (sentences) => {
    // Most changes change nothing that is said: thousands of files need not be looked for again.
    if (!lacking && newest && areSame(newest, sentences)) return;
    lacking = false;
    newest = sentences;
    await all(sentences.filter((sentence) => !isPiece(sentence)));
    // Changes come in rows: the pieces are looked for after the last one.
    if (sentences === newest) void all(phrases).then(() => all(sentences.filter(isPiece)));
  };
}

const isPiece = ({ ending }: Sentence): boolean => ending !== undefined;

const areSame = (one: readonly Sentence[], other: readonly Sentence[]): boolean =>
  one.length === other.length &&
  one.every((sentence, at) => isSame(sentence, other[at] as Sentence));
