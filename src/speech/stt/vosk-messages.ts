import Type, { type Static } from 'typebox';
import { err, ok, type Result } from '../../lib/result.ts';
import { validatorOf } from '../../lib/schema.ts';
import type { HeardText } from '../../runtime/ports/hearing.ts';

// The messages of alphacep/vosk-server (websocket/asr_server.py), which are those of vosk-api's KaldiRecognizer.

const Word = Type.Object({ conf: Type.Optional(Type.Number()) });
const Text = Type.String({ maxLength: 4_000 });

const Message = Type.Object({
  partial: Type.Optional(Text),
  text: Type.Optional(Text),
  result: Type.Optional(Type.Array(Word, { maxItems: 1_000 })),
  alternatives: Type.Optional(
    Type.Array(Type.Object({ text: Text, confidence: Type.Number() }), { maxItems: 100 }),
  ),
});
type Message = Static<typeof Message>;
const message = validatorOf(Message);

export type VoskMessage =
  | { readonly kind: 'partial'; readonly text: string }
  | { readonly kind: 'result'; readonly alternatives: readonly HeardText[] };

/** A recogniser that is sure of nothing says nothing of it: then this is how far it is believed. */
const UNSAID_CONFIDENCE = 0.9;

export function readVoskMessage(text: string): Result<VoskMessage, string> {
  const parsed = parseJson(text);
  if (!message.check(parsed)) return err('it does not speak the Vosk protocol');
  if (parsed.partial !== undefined) return ok({ kind: 'partial', text: parsed.partial });
  const alternatives = alternativesOf(parsed).filter(({ text: said }) => said.trim() !== '');
  return ok({ kind: 'result', alternatives });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function alternativesOf({ text, result, alternatives }: Message): readonly HeardText[] {
  if (alternatives) return normalised(alternatives);
  return text === undefined ? [] : [{ text, confidence: meanConfidence(result ?? []) }];
}

function meanConfidence(words: readonly Static<typeof Word>[]): number {
  const known = words.flatMap(({ conf }) => (conf === undefined ? [] : [conf]));
  if (known.length === 0) return UNSAID_CONFIDENCE;
  return clamp(known.reduce((sum, conf) => sum + conf, 0) / known.length);
}

/**
 * Vosk's N-best come with log likelihoods (KaldiRecognizer::NbestResult): their softmax is the belief in each. Some
 * servers send shares of 1 instead, which are taken as they are.
 */
function normalised(alternatives: readonly HeardText[]): readonly HeardText[] {
  const total = alternatives.reduce((sum, { confidence }) => sum + confidence, 0);
  const areShares = total <= 1.001 && alternatives.every(({ confidence }) => confidence >= 0);
  if (areShares) return alternatives;
  const best = Math.max(...alternatives.map(({ confidence }) => confidence));
  const weights = alternatives.map(({ confidence }) => Math.exp(confidence - best));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return alternatives.map(({ text }, at) => ({ text, confidence: (weights[at] ?? 0) / sum }));
}

const clamp = (share: number): number => Math.max(0, Math.min(1, share));

/** Several results in a row, where the recogniser found ends of its own, are one answer. */
export function joined(results: readonly (readonly HeardText[])[]): readonly HeardText[] {
  const telling = results.filter((alternatives) => alternatives.length > 0);
  if (telling.length <= 1) return telling[0] ?? [];
  const best = telling.flatMap(([first]) => (first ? [first] : []));
  const text = best.map((one) => one.text).join(' ');
  return [{ text, confidence: best.reduce((sum, one) => sum + one.confidence, 0) / best.length }];
}
