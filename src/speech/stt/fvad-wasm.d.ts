/** What is used of the WebRTC voice activity detector (libfvad's C interface, compiled by Emscripten). */
declare module '@echogarden/fvad-wasm' {
  interface FvadModule {
    readonly HEAP16: Int16Array;
    _malloc(bytes: number): number;
    _fvad_new(): number;
    _fvad_free(instance: number): void;
    _fvad_set_mode(instance: number, mode: number): number;
    _fvad_set_sample_rate(instance: number, hertz: number): number;
    /** 1: voice, 0: none, -1: a frame of an impossible length. */
    _fvad_process(instance: number, frame: number, samples: number): number;
  }
  export default function fvad(): Promise<FvadModule>;
}
