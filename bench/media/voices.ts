import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import { eventually } from '../../test/support/eventually.ts';
import { Talkers } from '../support/talk.ts';

/** Gives each call a talker of its own for its sound. */
export class Voices {
  readonly talkers: Talkers;
  readonly #silent: RtpPeer;
  #used = 0;

  static async open(count: number): Promise<Voices> {
    return new Voices(await Talkers.open(count), await RtpPeer.open());
  }

  private constructor(talkers: Talkers, silent: RtpPeer) {
    this.talkers = talkers;
    this.#silent = silent;
    // One that is closed never says a word.
    silent.close();
  }

  /** The talker speaks as soon as the call has said to where. */
  async use<Call extends PhoneCall | undefined>(
    begin: (ears: { readonly rtp: RtpPeer; readonly earsAt: number }) => Promise<Call>,
  ): Promise<Call> {
    const talker = this.#used++;
    const call = await begin({ rtp: this.#silent, earsAt: this.talkers.ports[talker] ?? 0 });
    const target = call && (await eventually('the other side to say where', () => call.target));
    if (target) this.talkers.send(talker, target.port);
    return call;
  }
}
