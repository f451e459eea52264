/** What is used of sherpa-onnx's addon: streaming recognition. */
declare module 'sherpa-onnx-node' {
  interface OnlineStream {
    acceptWaveform(audio: { samples: Float32Array; sampleRate: number }): void;
    inputFinished(): void;
  }
  class OnlineRecognizer {
    constructor(config: object);
    createStream(): OnlineStream;
    isReady(stream: OnlineStream): boolean;
    decode(stream: OnlineStream): void;
    getResult(stream: OnlineStream): { text: string; ys_probs?: number[] };
  }
  const sherpa: { OnlineRecognizer: typeof OnlineRecognizer };
  export default sherpa;
}
