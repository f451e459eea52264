import type {
  ListenEvents,
  ListenRequest,
  ListenSession,
  Recogniser,
} from '../../src/runtime/ports/hearing.ts';

/** A recogniser that understands what the test says it does. */
export class FakeRecogniser implements Recogniser {
  readonly sampleRate = 16_000;
  readonly requests: ListenRequest[] = [];
  readonly audio: Buffer[] = [];
  readonly files: string[] = [];
  cancelled = 0;
  /** Of the session that was begun last. */
  events: ListenEvents | undefined;

  listen(request: ListenRequest, events: ListenEvents): ListenSession {
    this.requests.push(request);
    this.events = events;
    return {
      push: (samples) => this.audio.push(samples),
      file: (path) => this.files.push(path),
      end: () => {},
      cancel: () => {
        this.cancelled += 1;
      },
    };
  }
}
