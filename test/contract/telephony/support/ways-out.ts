import assert from 'node:assert/strict';
import { afterEach } from 'node:test';
import type { IncomingCall } from '../../../../src/embedded/sip/index.ts';
import { newUuid } from '../../../../src/lib/ids.ts';
import { callId, trunkId } from '../../../../src/model/ids.ts';
import {
  TRUNK_DEFAULTS,
  type TrunkState,
  type TrunkWithSecret,
} from '../../../../src/model/trunk.ts';
import type { CallerLeg, DialRequest } from '../../../../src/runtime/ports/index.ts';
import { eventually } from '../../../support/eventually.ts';
import { Carrier, type CarrierOptions } from './carrier.ts';
import type { Desk } from './desk.ts';

/** A trunk, and whoever is at its other end. */
export type Given = Partial<TrunkWithSecret> & { readonly to: Pick<Carrier, 'uri'> };

export interface Outcome {
  readonly answered: Promise<CallerLeg>;
  readonly failed: Promise<string>;
  /** What was told, in order. */
  readonly told: readonly string[];
  hangup(): void;
}

/** What a carrier does that refuses every call. */
export const refuses = (status: number, headers: [string, string][] = []) => ({
  onCall: (call: IncomingCall) => call.reject(status, { headers }),
});

/** Carriers, the trunks that lead there, and calls that go out by them. After each test every call was given back. */
export class WaysOut {
  readonly #desk: Desk;
  readonly #carriers: Carrier[] = [];

  constructor(desk: Desk) {
    this.#desk = desk;
    afterEach(() => this.#clear());
  }

  async carrier(options: CarrierOptions = {}): Promise<Carrier> {
    const opened = await Carrier.open(options);
    this.#carriers.push(opened);
    return opened;
  }

  /** Trunks to these carriers, in this order of priority. */
  trunks(...given: readonly Given[]): void {
    this.#desk.telephony.trunks.configure(
      given.map(({ to, ...trunk }, index) => ({
        ...TRUNK_DEFAULTS,
        id: trunkId(`t${index + 1}`),
        name: `Trunk ${index + 1}`,
        uri: to.uri,
        priority: index,
        optionsSeconds: 0,
        responseSeconds: 1,
        ...trunk,
      })),
    );
  }

  stateOf(index: number): TrunkState | undefined {
    return this.#desk.telephony.trunks.states()[index];
  }

  dial(request: Partial<DialRequest> = {}): Outcome {
    let answered: CallerLeg | undefined;
    let failed: string | undefined;
    const told: string[] = [];
    const dialling = this.#desk.telephony.dial(
      {
        callId: callId(newUuid()),
        to: { kind: 'number', number: '+34911234567' },
        ringMsMax: 10_000,
        ...request,
      },
      {
        ringing: () => {},
        answered: (leg) => {
          answered = leg;
        },
        failed: (cause) => {
          failed = cause;
          told.push('failed');
        },
        gone: () => void told.push('gone'),
        digit: () => {},
        over: () => void told.push('over'),
      },
    );
    return {
      told,
      hangup: () => dialling.hangup(),
      get answered() {
        return eventually('somebody answers', () => answered);
      },
      get failed() {
        return eventually('it fails', () => failed);
      },
    };
  }

  async #clear(): Promise<void> {
    const { trunks } = this.#desk.telephony;
    const inProgress = trunks.states().map(({ callsIn, callsOut }) => callsIn + callsOut);
    assert.deepEqual(new Set(inProgress), new Set(inProgress.length > 0 ? [0] : []), 'calls left');
    trunks.configure([]);
    for (const carrier of this.#carriers.splice(0)) await carrier.close();
  }
}
