import { KeyDetector } from '../audio/key-detector.ts';
import type { Channel, Tap } from '../channel/channel.ts';

/** Timestamp units: 2,000 of 8 kHz are FreeSWITCH's default key. */
const DURATION = 2_000;

/** `start_dtmf`, `spandsp_start_dtmf`: keys in what the far end says are told like those that came as events. */
class ToneKeys implements Tap {
  readonly #channel: Channel;
  #detector: KeyDetector;
  #sampleRate = 8_000;

  constructor(channel: Channel) {
    this.#channel = channel;
    this.#detector = new KeyDetector(this.#sampleRate);
  }

  frame(heard: Int16Array | undefined, _said: Int16Array | undefined, sampleRate: number): void {
    if (sampleRate !== this.#sampleRate) {
      this.#sampleRate = sampleRate;
      this.#detector = new KeyDetector(sampleRate);
    }
    if (!heard) return;
    for (const key of this.#detector.feed(heard, sampleRate / 50))
      this.#channel.receiveDigit(key, DURATION, 'INBAND_AUDIO');
  }

  end(): void {}
}

export function hearTones(channel: Channel): void {
  ignoreTones(channel);
  channel.taps.add(new ToneKeys(channel));
}

export function ignoreTones(channel: Channel): void {
  for (const tap of channel.taps) if (tap instanceof ToneKeys) channel.taps.delete(tap);
}
