// The part of Speex's resampler (SpeexDSP, BSD licence) that is used here.
declare module '@echogarden/speex-resampler-wasm' {
  export interface SpeexResampler {
    readonly HEAPF32: Float32Array;
    readonly HEAPU32: Uint32Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** Quality is 0 to 10. The answer is the resampler's address, or 0. */
    _speex_resampler_init(
      channels: number,
      fromRate: number,
      toRate: number,
      quality: number,
      error: number,
    ): number;
    _speex_resampler_destroy(state: number): void;
    /** The filter's delay is left out of what comes first. */
    _speex_resampler_skip_zeros(state: number): number;
    _speex_resampler_get_input_latency(state: number): number;
    /** Lengths are addresses: what was offered before, what was taken and made after. 0: it went well. */
    _speex_resampler_process_float(
      state: number,
      channel: number,
      input: number,
      inputLength: number,
      output: number,
      outputLength: number,
    ): number;
  }
  export default function load(): Promise<SpeexResampler>;
}
