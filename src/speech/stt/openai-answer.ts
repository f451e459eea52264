import Type, { type Static } from 'typebox';
import { err, ok, type Result } from '../../lib/result.ts';
import { validatorOf } from '../../lib/schema.ts';
import type { HeardText } from '../../runtime/ports/hearing.ts';

// OpenAI's API reference, "Create transcription", verbose_json; Whisper servers of others leave fields out.

const Segment = Type.Object({
  avg_logprob: Type.Optional(Type.Number()),
  no_speech_prob: Type.Optional(Type.Number()),
});
const Answer = Type.Object({
  text: Type.String({ maxLength: 4_000 }),
  segments: Type.Optional(Type.Union([Type.Null(), Type.Array(Segment, { maxItems: 1_000 })])),
});
type Segment = Static<typeof Segment>;
const answer = validatorOf(Answer);

/** A server that does not say how sure it is is believed so far: high enough to be taken, if the words fit well. */
const UNSAID_CONFIDENCE = 0.8;
/** Whisper's own rule for text that it has made up over silence (openai/whisper, transcribe.py). */
const NO_SPEECH_MIN = 0.6;
const LOGPROB_MIN = -1;

export function readTranscription(body: string): Result<readonly HeardText[], string> {
  const parsed = parseJson(body);
  if (!answer.check(parsed)) return err('its answer is no transcription');
  const text = parsed.text.trim();
  const segments = parsed.segments ?? [];
  if (text === '' || (segments.length > 0 && segments.every(isMadeUp))) return ok([]);
  return ok([{ text, confidence: confidenceOf(segments) }]);
}

const isMadeUp = ({ no_speech_prob: silence = 0, avg_logprob: logprob = 0 }: Segment): boolean =>
  silence > NO_SPEECH_MIN && logprob < LOGPROB_MIN;

/** The mean probability of a token, which `avg_logprob` is the logarithm of. */
function confidenceOf(segments: readonly Segment[]): number {
  const known = segments.flatMap(({ avg_logprob: logprob }) =>
    logprob === undefined ? [] : [Math.exp(Math.min(0, logprob))],
  );
  if (known.length === 0) return UNSAID_CONFIDENCE;
  return known.reduce((sum, share) => sum + share, 0) / known.length;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
