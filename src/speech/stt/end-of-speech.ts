import { FRAME_MS } from './voice-detector.ts';

/** Speech begins with so many frames of voice among the last so many: 120 of 240 ms. A click or a cough is shorter. */
const BEGIN_VOICED = 6;
const BEGIN_WINDOW = 12;
/** While somebody speaks, so many of the last five frames keep the silence from counting. */
const GO_ON_VOICED = 3;
const GO_ON_WINDOW = 5;

export interface SpeechLimits {
  readonly endSilenceMs: number;
  readonly speechMsMax: number;
}

/**
 * Finds speech among frames of 20 ms.
 *
 *   silent ──6 voiced of 12──▶ speaking ──`endSilenceMs` without voice, `speechMsMax`──▶ over
 */
export class EndOfSpeech {
  readonly #silentFramesMax: number;
  readonly #framesMax: number;
  #recent: boolean[] = [];
  #state: 'silent' | 'speaking' | 'over' = 'silent';
  #frames = 0;
  #silentFrames = 0;

  constructor({ endSilenceMs, speechMsMax }: SpeechLimits) {
    this.#silentFramesMax = Math.ceil(endSilenceMs / FRAME_MS);
    this.#framesMax = Math.ceil(speechMsMax / FRAME_MS);
  }

  get state(): 'silent' | 'speaking' | 'over' {
    return this.#state;
  }

  /** What the frame has brought about. */
  frame(voiced: boolean): 'begin' | 'end' | undefined {
    this.#recent = [...this.#recent.slice(1 - BEGIN_WINDOW), voiced];
    if (this.#state === 'silent') return this.#mayBegin();
    return this.#state === 'speaking' ? this.#mayEnd() : undefined;
  }

  #mayBegin(): 'begin' | undefined {
    if (this.#voicedOf(BEGIN_WINDOW) < BEGIN_VOICED) return undefined;
    this.#state = 'speaking';
    return 'begin';
  }

  #mayEnd(): 'end' | undefined {
    this.#frames += 1;
    this.#silentFrames = this.#voicedOf(GO_ON_WINDOW) < GO_ON_VOICED ? this.#silentFrames + 1 : 0;
    if (this.#silentFrames < this.#silentFramesMax && this.#frames < this.#framesMax) return;
    this.#state = 'over';
    return 'end';
  }

  #voicedOf(window: number): number {
    return this.#recent.slice(-window).filter(Boolean).length;
  }
}
