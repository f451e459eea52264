import { never } from '../../lib/result.ts';
import type { AgentDevice } from '../../model/arrival.ts';
import type { DialFailure } from '../../model/callback.ts';
import type { AgentId, CallId, OfferId } from '../../model/ids.ts';
import type { Directory } from '../directory.ts';
import type {
  AgentLeg,
  CallerLeg,
  Destination,
  DialEvents,
  Dialling,
  DialRequest,
  LegFailure,
  RingRequest,
  Telephony,
} from '../ports/index.ts';
import type { Switchboard } from '../ports/phones.ts';
import type { Outbound } from './outbound.ts';

/** What the phones of the people outside do; of those inside, telephony tells it. */
export interface OutsideEvents {
  agentAnswered(offerId: OfferId, leg: AgentLeg): void;
  agentFailed(offerId: OfferId, failure: LegFailure): void;
  agentGone(offerId: OfferId, died: boolean): void;
  agentKeyed(offerId: OfferId, key: string): void;
  /** Nobody's phone rings for the offer any more, inside or outside. */
  ringCancelled(offerId: OfferId): void;
}

export interface OutsideWorld {
  readonly telephony: Telephony & Switchboard;
  readonly outbound: Outbound;
  readonly events: OutsideEvents;
  /** How a call to somebody outside went; our own limits say nothing of them. */
  tried(agentId: AgentId, result: LegFailure | 'answered'): void;
  directory(): Directory | undefined;
  /** Whom the agent will speak with: both have to be on one media server. */
  callerOf(callId: CallId): CallerLeg | undefined;
}

/** The engine's own limit comes first: this one is for when it has none. */
const RING_MS_MAX = 300_000;

/**
 * Telephony to which it makes no difference whether an agent's phone is in the house: one outside is dialled, by the
 * rules for whatever leaves the house, and tells of itself as a phone of the house does.
 */
export class OutsidePhones implements Telephony, Switchboard {
  readonly #world: OutsideWorld;
  readonly #dialled = new Map<OfferId, Dialling>();

  constructor(world: OutsideWorld) {
    this.#world = world;
  }

  ring(request: RingRequest): void {
    const device = this.#world.directory()?.agents.get(request.agentId)?.device;
    if (device) this.#dial(request, destinationOf(device));
    else this.#world.telephony.ring(request);
  }

  cancelRing(offerId: OfferId): void {
    this.#world.events.ringCancelled(offerId);
    const dialled = this.#dialled.get(offerId);
    this.#dialled.delete(offerId);
    if (dialled) dialled.hangup();
    else this.#world.telephony.cancelRing(offerId);
  }

  dial(request: DialRequest, events: DialEvents): Dialling {
    return this.#world.telephony.dial(request, events);
  }

  bridge(...legs: Parameters<Telephony['bridge']>): Promise<boolean> {
    return this.#world.telephony.bridge(...legs);
  }

  part(...legs: Parameters<Switchboard['part']>): Promise<boolean> {
    return this.#world.telephony.part(...legs);
  }

  joinThird(...legs: Parameters<Switchboard['joinThird']>): Promise<boolean> {
    return this.#world.telephony.joinThird(...legs);
  }

  leaveThird(...legs: Parameters<Switchboard['leaveThird']>): Promise<boolean> {
    return this.#world.telephony.leaveThird(...legs);
  }

  #dial(request: RingRequest, to: Destination): void {
    const { offerId, agentId, callId, displayName, callerNumber, calledNumber, headers } = request;
    const { outbound, events, callerOf, tried } = this.#world;
    const near = request.alone ? undefined : callerOf(callId);
    const over = () => void this.#dialled.delete(offerId);
    const dialling = outbound.dial(
      'agent',
      {
        // The call's own leg is known by the call's id.
        callId: offerId as string as CallId,
        to,
        displayName,
        callerNumber,
        calledNumber,
        headers,
        ringMsMax: RING_MS_MAX,
        ...(near ? { near } : {}),
      },
      {
        ringing: () => {},
        answered: (leg) => {
          tried(agentId, 'answered');
          events.agentAnswered(offerId, asAgents(leg, agentId));
        },
        failed: (cause) => {
          over();
          if (cause !== 'limit' && cause !== 'notAllowed') tried(agentId, legFailure(cause));
          events.agentFailed(offerId, legFailure(cause));
        },
        gone: (died = false) => {
          over();
          events.agentGone(offerId, died);
        },
        digit: (key) => events.agentKeyed(offerId, key),
        over,
      },
    );
    this.#dialled.set(offerId, dialling);
  }
}

/** From now on the leg is the agent's: it is the same leg, because the switch knows its own. */
const asAgents = (leg: CallerLeg, agentId: AgentId): AgentLeg => Object.assign(leg, { agentId });

export function destinationOf(device: AgentDevice): Destination {
  return device.kind === 'number'
    ? { kind: 'number', number: device.number }
    : { kind: 'sip', uri: device.uri };
}

/** What a trunk says of a person, in the words of the rules F1 to F4; our own trouble is nobody's fault. */
export function legFailure(cause: DialFailure): LegFailure {
  switch (cause) {
    case 'noAnswer':
    case 'busy':
    case 'rejected':
    case 'unreachable':
      return cause;
    case 'notAccepted':
      return 'noAnswer';
    case 'noTrunk':
    case 'notAllowed':
    case 'limit':
    case 'agentLost':
    case 'lost':
      return 'unreachable';
    default:
      return never(cause);
  }
}
