/** One direction pair of a speech codec. Instances hold a stream's state and belong to one leg. */
export interface AudioCodec {
  /** The encoding name of RFC 3551. */
  readonly name: CodecName;
  /** Samples per second of the PCM on our side. */
  readonly sampleRate: 8000 | 16000;
  /** Writes PCM into `out` and returns how many samples. */
  decode(payload: Uint8Array, out: Int16Array): number;
  /** Writes `samples` of `pcm` into `out` from `offset` and returns how many octets. */
  encode(pcm: Int16Array, samples: number, out: Uint8Array, offset: number): number;
}

export type CodecName = 'PCMU' | 'PCMA' | 'G722';

/** What SDP says of a codec. G.722 is clocked at 8000 by the mistake that RFC 3551 section 4.5.2 keeps. */
export interface CodecInfo {
  readonly name: CodecName;
  readonly payloadType: number;
  readonly clockRate: 8000;
  readonly sampleRate: 8000 | 16000;
}

export const CODECS: Readonly<Record<CodecName, CodecInfo>> = {
  PCMU: { name: 'PCMU', payloadType: 0, clockRate: 8000, sampleRate: 8000 },
  PCMA: { name: 'PCMA', payloadType: 8, clockRate: 8000, sampleRate: 8000 },
  G722: { name: 'G722', payloadType: 9, clockRate: 8000, sampleRate: 16000 },
};

/** Every packet of ours carries 20 ms. */
export const FRAME_MS = 20;
/** Timestamp units of a 20 ms packet: all three codecs are clocked at 8000. */
export const FRAME_UNITS = 160;
/** PCM samples of a 20 ms frame at the highest rate. */
export const FRAME_SAMPLES_MAX = 320;
