import fvad from '@echogarden/fvad-wasm';
import { isKeyTone } from './key-tone.ts';

type Fvad = Awaited<ReturnType<typeof fvad>>;

export const FRAME_MS = 20;
/** libfvad's most careful mode: a telephone line hums, and a prompt stopped for nothing annoys. */
const MODE = 3;
/** Softer than this (-48 dBFS) is the room, not the caller. */
const LOUDNESS_MIN = 130;
const FRAME_SAMPLES_MAX = 320;

/** WebRTC's voice activity detection, frame by frame of 20 ms. One module serves all callers, one after the other. */
export class VoiceDetectors {
  readonly #module: Fvad;
  readonly #frame: number;

  private constructor(module: Fvad) {
    this.#module = module;
    this.#frame = module._malloc(FRAME_SAMPLES_MAX * 2);
  }

  static async load(): Promise<VoiceDetectors> {
    return new VoiceDetectors(await fvad());
  }

  detector(sampleRate: number): VoiceDetector {
    return new VoiceDetector(this.#module, this.#frame, sampleRate);
  }
}

export class VoiceDetector {
  readonly #module: Fvad;
  readonly #frame: number;
  readonly #sampleRate: number;
  #instance: number;

  constructor(module: Fvad, frame: number, sampleRate: number) {
    this.#module = module;
    this.#frame = frame;
    this.#sampleRate = sampleRate;
    this.#instance = module._fvad_new();
    module._fvad_set_sample_rate(this.#instance, sampleRate);
    module._fvad_set_mode(this.#instance, MODE);
  }

  /** Whether somebody speaks in these 20 ms; keys that are sent as tones are no speech. */
  isVoice(frame: Int16Array): boolean {
    if (this.#instance === 0) return false;
    const { HEAP16, _fvad_process } = this.#module;
    HEAP16.set(frame, this.#frame >> 1);
    const voiced = _fvad_process(this.#instance, this.#frame, frame.length) === 1;
    return voiced && loudness(frame) >= LOUDNESS_MIN && !isKeyTone(frame, this.#sampleRate);
  }

  /** Idempotent. */
  free(): void {
    if (this.#instance !== 0) this.#module._fvad_free(this.#instance);
    this.#instance = 0;
  }
}

/** Root mean square. */
function loudness(frame: Int16Array): number {
  let sum = 0;
  for (const sample of frame) sum += sample * sample;
  return Math.sqrt(sum / frame.length);
}
