import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { Language } from '../../model/contact.ts';
import type { Decide } from './lists.ts';

// Recorded prompts, served by speech.

/** A recording that was uploaded: heard instead of the flows' prompt of that name, and as the recording of that name. */
export interface RecordedPrompt {
  /** `flow.prompt`, or `prompt` for all flows. */
  readonly name: string;
  /** Absent: heard in every language that has none of its own. */
  readonly language?: Language;
  readonly durationMs: number;
  readonly uploadedAt: EpochMs;
  /** What it was before it was converted. */
  readonly original: {
    readonly rate: number;
    readonly channels: number;
    readonly format: string;
  };
}

export interface PromptLibrary {
  list(): readonly RecordedPrompt[];
  /** The sound as it is played: a WAV file. */
  sound(name: string, language?: Language): Promise<Buffer | undefined>;
  /** RECORDING_INVALID, with what is wrong with the file; OVERLOADED. Effective for the next time it is said. */
  put(
    name: string,
    language: Language | undefined,
    upload: Buffer,
    demand?: Decide<RecordedPrompt | undefined, void>,
  ): Promise<Result<RecordedPrompt, Refusal>>;
  /** False: there is none. */
  remove(
    name: string,
    language?: Language,
    demand?: Decide<RecordedPrompt | undefined, void>,
  ): Promise<boolean>;
}
