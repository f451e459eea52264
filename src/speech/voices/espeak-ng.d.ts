// The part of eSpeak NG's Emscripten build that the program uses.
declare module '@echogarden/espeak-ng-emscripten' {
  interface EspeakWorker {
    readonly samplerate: number;
    set_voice(name: string): void;
    set_rate(wordsPerMinute: number): void;
    /** Calls back with pieces of 16 bit mono sound; a true answer stops it. */
    synthesize(text: string, callback: (samples: Int16Array | null) => boolean): void;
  }
  interface Espeak {
    eSpeakNGWorker: new () => Promise<EspeakWorker>;
  }
  export default function load(options: {
    print: (line: string) => void;
    printErr: (line: string) => void;
  }): Promise<Espeak>;
}
