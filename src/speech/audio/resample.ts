import load, { type SpeexResampler } from '@echogarden/speex-resampler-wasm';

/** Of 10: past it nobody hears a difference, and it takes twice as long. */
const QUALITY = 7;
/** Samples given at a time: what the library holds stays small whatever the length of the sound. */
const BLOCK = 16_384;

let loading: Promise<SpeexResampler> | undefined;

/** Changes the sampling rate of one channel (SpeexDSP, in WebAssembly). The length changes in proportion. */
export async function resample(
  input: Float32Array,
  fromRate: number,
  toRate: number,
): Promise<Float32Array> {
  if (fromRate === toRate) return input;
  loading ??= load();
  const speex = await loading;
  const state = speex._speex_resampler_init(1, fromRate, toRate, QUALITY, 0);
  if (state === 0) throw new Error(`There is no way from ${fromRate} to ${toRate} Hz`);
  const room = Math.ceil((BLOCK * toRate) / fromRate) + 64;
  const from = speex._malloc(BLOCK * 4);
  const to = speex._malloc(room * 4);
  const lengths = speex._malloc(8);
  try {
    speex._speex_resampler_skip_zeros(state);
    const output = new Float32Array(Math.floor((input.length * toRate) / fromRate));
    // Zeros after the end push out what the filter still holds.
    const latency = speex._speex_resampler_get_input_latency(state);
    const end = input.length + latency;
    for (let at = 0, made = 0; at < end && made < output.length; ) {
      const block = new Float32Array(Math.min(BLOCK, end - at));
      block.set(input.subarray(at, at + block.length));
      speex.HEAPF32.set(block, from / 4);
      speex.HEAPU32[lengths / 4] = block.length;
      speex.HEAPU32[lengths / 4 + 1] = room;
      speex._speex_resampler_process_float(state, 0, from, lengths, to, lengths + 4);
      const taken = speex.HEAPU32[lengths / 4] ?? 0;
      const count = Math.min(speex.HEAPU32[lengths / 4 + 1] ?? 0, output.length - made);
      if (taken === 0 && count === 0) break;
      output.set(speex.HEAPF32.subarray(to / 4, to / 4 + count), made);
      at += taken;
      made += count;
    }
    return output;
  } finally {
    for (const address of [from, to, lengths]) speex._free(address);
    speex._speex_resampler_destroy(state);
  }
}
