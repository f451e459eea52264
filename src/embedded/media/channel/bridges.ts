import type { Action, BridgeDoor } from '../world.ts';
import type { Activity, Interruption } from './activity.ts';
import type { Channel } from './channel.ts';

export interface BridgeHost {
  /** Parks a channel that a bridge left behind. */
  park(channel: Channel): void;
  /** Runs applications on a channel that does nothing any more. */
  run(channel: Channel, actions: readonly Action[]): void;
}

/** A digit that is passed on lasts as long as FreeSWITCH's default: 2,000 samples. */
const DIGIT_MS = 250;

/**
 * Two channels that hear each other.
 *
 *   joined ──(one hangs up, is transferred or bridged elsewhere)──> over: the other is parked or hung up
 */
class Pair {
  readonly a: Channel;
  readonly b: Channel;
  readonly legs: readonly [BridgeLeg, BridgeLeg];
  over = false;
  readonly #ended: (left: Channel) => void;

  constructor(a: Channel, b: Channel, ended: (left: Channel) => void) {
    this.a = a;
    this.b = b;
    this.#ended = ended;
    this.legs = [new BridgeLeg(this, a, b), new BridgeLeg(this, b, a)];
  }

  /** `leaver` goes; called once. */
  end(leaver: Channel): void {
    if (this.over) return;
    this.over = true;
    this.a.partner = undefined;
    this.b.partner = undefined;
    this.a.rtp?.setRelay(undefined);
    this.b.rtp?.setRelay(undefined);
    this.#ended(leaver === this.a ? this.b : this.a);
  }

  /** Packets pass as they are while both legs do nothing but talk and nobody listens or records. */
  updateRelay(): void {
    const [legA, legB] = this.legs;
    const idle = legA.onTop && legB.onTop && this.a.taps.size === 0 && this.b.taps.size === 0;
    this.#relay(this.a, this.b, idle);
    this.#relay(this.b, this.a, idle);
  }

  #relay(from: Channel, to: Channel, idle: boolean): void {
    const same = from.rtp?.agreed && to.rtp?.agreed && from.rtp.codec.name === to.rtp.codec.name;
    const relay = idle && same && !from.muted && to.injections.size === 0;
    from.rtp?.setRelay(relay ? to.rtp : undefined);
  }
}

class BridgeLeg implements Activity {
  readonly #pair: Pair;
  readonly #channel: Channel;
  readonly #partner: Channel;
  #finish: () => void = () => undefined;

  constructor(pair: Pair, channel: Channel, partner: Channel) {
    this.#pair = pair;
    this.#channel = channel;
    this.#partner = partner;
  }

  get onTop(): boolean {
    return this.#channel.executor.top === this;
  }

  start(finish: () => void): void {
    this.#finish = finish;
  }

  /** Carries the partner's voice when packets cannot just pass. */
  tick(): void {
    const source = this.#partner.rtp;
    if (!source || source.relay || !this.#other.onTop) return;
    const pcm = this.#partner.heard();
    if (pcm) this.#channel.say(pcm, source.sampleRate);
  }

  digit(digit: string): void {
    this.#partner.sendDigits(digit, DIGIT_MS);
  }

  interrupt(why: Interruption): void {
    if (why === 'break') return;
    this.#pair.end(this.#channel);
    this.#finish();
  }

  get #other(): BridgeLeg {
    const [a, b] = this.#pair.legs;
    return a === this ? b : a;
  }
}

/** Joins channels (`uuid_bridge`) and takes them apart again. */
export class Bridges implements BridgeDoor {
  readonly #host: BridgeHost;
  readonly #pairs = new Set<Pair>();

  constructor(host: BridgeHost) {
    this.#host = host;
  }

  /** The beginning of each 20 ms. */
  tick(): void {
    for (const pair of this.#pairs) pair.updateRelay();
  }

  bridge(a: Channel, b: Channel): boolean {
    if (!a.up || !b.up) return false;
    if (a === b) return true;
    a.other = { type: 'originatee', profile: b.profile };
    b.other = { type: 'originator', profile: a.profile };
    for (const [channel, other] of [
      [a, b],
      [b, a],
    ] as const) {
      channel.variables.setAll([
        ['bridge_channel', other.profile.channelName],
        ['bridge_uuid', other.uuid],
        ['signal_bond', other.uuid],
      ]);
    }
    for (const channel of [b, a]) {
      channel.leave();
      channel.setState('CS_HIBERNATE');
      channel.setState('CS_RESET');
    }
    if (!a.up || !b.up) return false;
    a.setState('CS_SOFT_EXECUTE');
    b.setState('CS_SOFT_EXECUTE');
    this.#join(a, b);
    return true;
  }

  transfer(channel: Channel, actions: readonly Action[]): void {
    channel.leave();
    if (channel.up) this.#host.run(channel, actions);
  }

  #join(a: Channel, b: Channel): void {
    const pair = new Pair(a, b, (left) => this.#ended(pair, left));
    this.#pairs.add(pair);
    a.partner = b;
    b.partner = a;
    const now = a.core.nowUs();
    a.profile.bridgedUs = now;
    b.profile.bridgedUs = now;
    this.#tellExecute(a, b);
    this.#tellExecute(b, a);
    a.variables.setAll([
      ['bridge_to', b.uuid],
      ['last_bridge_to', b.uuid],
    ]);
    b.variables.setAll([
      ['bridge_to', a.uuid],
      ['last_bridge_to', a.uuid],
      ['call_uuid', a.uuid],
    ]);
    a.executor.enter(pair.legs[0], () => undefined);
    b.executor.enter(pair.legs[1], () => undefined);
    pair.updateRelay();
    this.#tellPair('CHANNEL_BRIDGE', pair);
    b.setState('CS_EXCHANGE_MEDIA');
  }

  /** The one who stays: its bridge is gone from its stack, then it parks or goes too. */
  #ended(pair: Pair, left: Channel): void {
    this.#pairs.delete(pair);
    pair.b.variables.set('call_uuid', pair.b.uuid);
    for (const channel of [pair.a, pair.b]) channel.variables.set('bridge_to', undefined);
    if (left === pair.a) this.#tellPair('CHANNEL_UNBRIDGE', pair);
    left.leave();
    if (left.up) this.#after(left);
    if (left === pair.b) this.#tellPair('CHANNEL_UNBRIDGE', pair);
  }

  #after(left: Channel): void {
    if (left.variables.isTrue('park_after_bridge')) this.#host.park(left);
    else left.core.soon(() => left.hangup('NORMAL_CLEARING'));
  }

  #tellExecute(channel: Channel, other: Channel): void {
    channel.fire('CHANNEL_EXECUTE', undefined, (event) => {
      event.add('Application', 'uuid_bridge').add('Application-Data', other.uuid);
    });
  }

  #tellPair(name: string, pair: Pair): void {
    pair.a.fire(name, (event) => {
      event.add('Bridge-A-Unique-ID', pair.a.uuid).add('Bridge-B-Unique-ID', pair.b.uuid);
    });
  }
}
