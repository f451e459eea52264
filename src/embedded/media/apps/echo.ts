import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';

/** `echo`: the far end hears itself. */
export class EchoActivity implements Activity {
  readonly #channel: Channel;
  #finish: () => void = () => undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  start(finish: () => void): void {
    this.#finish = finish;
  }

  tick(): void {
    const pcm = this.#channel.heard();
    if (pcm) this.#channel.say(pcm, this.#channel.rtp?.sampleRate ?? 8000);
  }

  interrupt(_why: Interruption): void {
    this.#finish();
  }
}
