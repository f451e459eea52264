import { mixInto } from '../audio/mixer.ts';
import { RateChanger } from '../audio/resampler.ts';
import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel, Injection, Tap } from '../channel/channel.ts';
import type { World } from '../world.ts';

/** What the supervisor's key did last: 0 listen, 1 speak to the other party, 2 to the one listened to, 3 to both. */
type Mode = '0' | '1' | '2' | '3';

/**
 * `eavesdrop <uuid>`: a supervisor hears both sides of a channel; with `eavesdrop_enable_dtmf` the keys 0
 * to 3 say who hears the supervisor. Ends with the channel listened to, or by a transfer.
 */
export class EavesdropActivity implements Activity, Tap {
  readonly #supervisor: Channel;
  readonly #target: Channel | undefined;
  readonly #sum = new Int16Array(320);
  #mode: Mode;
  #other: Channel | undefined;
  #finish: () => void = () => undefined;
  readonly #toTarget = whisper(() => this.#supervisor);
  readonly #toOther = whisper(() => this.#supervisor);

  /** `three_way` is the same with the mode 3 from the beginning. */
  constructor(world: World, supervisor: Channel, uuid: string, mode: Mode = '0') {
    this.#supervisor = supervisor;
    this.#mode = mode;
    this.#target = world.channels.get(uuid);
  }

  start(finish: () => void): void {
    this.#finish = finish;
    if (!this.#target?.up || this.#target === this.#supervisor) return finish();
    this.#target.taps.add(this);
    this.#other = this.#target.partner;
    this.#apply();
    this.#target.fire('MEDIA_BUG_START', undefined, (event) => {
      event.add('Media-Bug-Function', 'eavesdrop').add('Media-Bug-Target', this.#supervisor.uuid);
    });
  }

  /** The other party may change under our hands. */
  tick(): void {
    const other = this.#target?.partner;
    if (other === this.#other) return;
    this.#withdraw();
    this.#other = other;
    this.#apply();
  }

  digit(digit: string): void {
    if (!this.#supervisor.variables.isTrue('eavesdrop_enable_dtmf')) return;
    if (!/^[0-3]$/.test(digit)) return;
    this.#withdraw();
    this.#mode = digit as Mode;
    this.#other = this.#target?.partner;
    this.#apply();
  }

  frame(
    heard: Int16Array | undefined,
    _said: Int16Array | undefined,
    sampleRate: number,
    said: Int16Array | undefined,
  ): void {
    const voices = [heard, said, ...this.#whispers()].filter((pcm) => pcm !== undefined);
    if (voices.length === 0) return;
    this.#sum.fill(0);
    for (const pcm of voices) mixInto(this.#sum, pcm, sampleRate / 50);
    this.#supervisor.say(this.#sum, sampleRate);
  }

  /** Whoever else is heard by the target's phone, without being bridged with it. */
  *#whispers(): Iterable<Int16Array | undefined> {
    for (const injection of this.#target?.injections ?? [])
      if (injection !== this.#toTarget) yield injection.now;
  }

  end(): void {
    this.#leave();
  }

  interrupt(why: Interruption): void {
    if (why !== 'break') this.#leave();
  }

  #leave(): void {
    this.#withdraw();
    if (this.#target?.taps.delete(this)) this.#target.fire('MEDIA_BUG_STOP');
    this.#finish();
  }

  #apply(): void {
    if (this.#mode === '2' || this.#mode === '3') this.#target?.injections.add(this.#toTarget);
    if (this.#mode === '1' || this.#mode === '3') this.#other?.injections.add(this.#toOther);
  }

  #withdraw(): void {
    this.#target?.injections.delete(this.#toTarget);
    this.#other?.injections.delete(this.#toOther);
  }
}

function whisper(from: () => Channel): Injection {
  const rate = new RateChanger();
  const injection = {
    now: undefined as Int16Array | undefined,
    next(sampleRate: number): Int16Array | undefined {
      const channel = from();
      const pcm = channel.heard();
      injection.now = pcm && rate.change(pcm, channel.rtp?.sampleRate ?? 8000, sampleRate);
      return injection.now;
    },
  };
  return injection;
}
