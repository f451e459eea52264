import type { Language } from '../../model/contact.ts';
import type { CallId } from '../../model/ids.ts';

// ---- Live audio of the caller (served by telephony) -------------------------------------------------

/** Takes what a caller says, as it is said. */
export interface AudioSink {
  /** 16 bit little-endian mono samples, in pieces of any length. Lent: who keeps them copies them. */
  audio(samples: Buffer): void;
  /**
   * There will be no more, and nobody asked for that. `missing`: the media server cannot give live audio at all;
   * `lost`: it should have and did not, or has stopped.
   */
  deaf(why: 'missing' | 'lost'): void;
}

/** Live audio that is being given. */
export interface LiveAudio {
  /** Nothing more is given, and nothing told. Idempotent. */
  stop(): void;
}

// ---- Recognisers (served by speech) -------------------------------------------------------------------

/** What may have been said, the likeliest first; the confidences add up to 1 at most. */
export interface HeardText {
  readonly text: string;
  readonly confidence: number;
}

export interface ListenRequest {
  /** For the log. */
  readonly callId: CallId;
  readonly language: Language;
  /** What is likely to be said; empty: anything. */
  readonly hints: readonly string[];
  readonly limits: {
    /** So much silence after speech ends the answer. */
    readonly endSilenceMs: number;
    /** Speech beyond this is not listened to. */
    readonly speechMsMax: number;
  };
}

/** What a session tells; exactly one of `heard` and `notHeard` ends it, never during `listen` itself. */
export interface ListenEvents {
  /** The caller has begun to speak. At most once. */
  speaking(): void;
  heard(alternatives: readonly HeardText[]): void;
  /**
   * `silence`: the audio ended and nobody had spoken, or not in words; `failed`: the recogniser was slow, gone or
   * talked nonsense; `unavailable`: nobody can listen in that language now.
   */
  notHeard(why: 'silence' | 'failed' | 'unavailable'): void;
}

/** One answer that is being listened to. Methods never throw; after its end they do nothing. */
export interface ListenSession {
  /** 16 bit little-endian mono samples at the recogniser's rate. */
  push(samples: Buffer): void;
  /** What was recorded where live audio cannot be had: a WAV file, read once, and all the audio there is. */
  file(path: string): void;
  /** There is no more audio: answers with what it has. */
  end(): void;
  /** Nobody wants to know any more; no event follows. */
  cancel(): void;
}

/** Understands what callers say, in whatever languages it was set up for. */
export interface Recogniser {
  /** Hertz: the rate that sessions take audio at. */
  readonly sampleRate: 8_000 | 16_000;
  listen(request: ListenRequest, events: ListenEvents): ListenSession;
}

/** How one answer went. */
export interface Recognition {
  readonly recogniser: string;
  /** `slow` and `failed` are the recogniser's fault, `cancelled` is nobody's: a key was pressed, the caller left. */
  readonly outcome: 'heard' | 'silence' | 'failed' | 'slow' | 'cancelled' | 'unavailable';
  /** From the end of speech to the answer; absent: nobody had spoken. */
  readonly answerMs: number | undefined;
}

/** What can be measured of those who listen. */
export interface RecogniserFigures {
  readonly states: readonly {
    readonly name: string;
    readonly usable: boolean;
    readonly streams: number;
  }[];
  onRecognition: (recognition: Recognition) => void;
}
