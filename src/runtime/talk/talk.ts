import type { Timer } from '../../lib/clock.ts';
import { optional } from '../../lib/optional.ts';
import type { AgentId, CallId, OfferId } from '../../model/ids.ts';
import type { Asking } from '../asking.ts';
import type { Hearing, Parties } from '../parties.ts';
import type { CallerLeg, Destination, Dialling } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import { RINGING_TONE } from '../ringing-tone.ts';

/** Somebody who has, or had, the customer; an agent is named by their id. */
export interface Who {
  readonly agentId?: AgentId;
  readonly name: string;
}

/** Whoever has the customer without a place in the engine: outside, or at the phone of an agent who is not signed in. */
export interface Outsider extends Who {
  readonly leg: Leg;
  /** At a phone of the house, or one of its people wherever they are. */
  readonly ofHouse: boolean;
}

export const isOfHouse = (agentId: AgentId | undefined, to: Destination | undefined): boolean =>
  agentId !== undefined || to?.kind === 'extension';

/** Whom an agent may bring into a conversation. */
export type Person =
  | { readonly kind: 'agent'; readonly agentId: AgentId; readonly extension: string }
  /** Somebody outside, or the phone of an agent who is not signed in. */
  | { readonly kind: 'other'; readonly to: Destination; readonly agentId?: AgentId };

/**
 * `blind`: the agent lets go, and whoever answers has the customer · `consult`: the agent speaks with them first, while
 * the customer hears music · `conference`: they join the two.
 */
export type Bringing = 'blind' | 'consult' | 'conference';

/** Somebody who is being brought in, or who is there besides the agent. */
export interface Second {
  readonly person: Person;
  /** For histories: an extension, a number, an address. */
  readonly name: string;
  /** Who wanted it, or has the customer in their place now. */
  by: Who;
  how: Bringing;
  /** A supervisor, in the place of the agent; and whoever stays with them and the customer. */
  readonly takesOver?: { readonly stays: Second | undefined };
  /** Of an agent: their part in the conversation as the engine knows it, and the offer that rings. */
  readonly engineId?: CallId;
  offerId?: OfferId;
  dialling?: Dialling;
  /** Picked up outside, and asked whether they take the call. */
  asking?: Asking;
  /** They have answered. */
  leg?: Leg;
  /** Tells the phone that asked for it how it goes, as a SIP status. */
  notify?: (status: number) => void;
}

/** For histories: who was brought in, or not, and by which agent. */
export const broughtBy = ({ by, name: target }: Second) => ({
  ...optional('agentId', by.agentId),
  target,
});

/** Whoever let the call go has it again: nobody else came for it. */
export const hasComeBack = ({ person, by }: Pick<Second, 'person' | 'by'>): boolean =>
  person.agentId !== undefined && person.agentId === by.agentId;

/** A conversation beyond two people who talk: what has been made of it since the agent's answer. */
export interface Talk {
  readonly parties: Parties;
  /** By the API: until it is retrieved. */
  held: boolean;
  /** Legs whose phones listen to nobody at the moment. */
  readonly phonesHolding: Set<Leg>;
  second: Second | undefined;
  /** The other call of the agent's phone, by which it speaks with the second. */
  side: CallerLeg | undefined;
  outside: Outsider | undefined;
  /** The flow has connected the customer with somebody: it goes on where nobody else has them. */
  byFlow: boolean;
  parked: Parked | undefined;
  /** When the phone was told that its transfer has failed. */
  refusedAt: number | undefined;
}

export interface Parked {
  /** Where it is to be picked up. */
  readonly slot: string;
  /** To whom it comes back. */
  readonly by: AgentId;
  readonly since: number;
  readonly limit: Timer;
}

/** The legs of a conversation that are there. */
export interface Present {
  readonly customer: Leg | undefined;
  /** Of the agent who has the customer. */
  readonly agent: Leg | undefined;
  /** The company's music. */
  readonly music: string | undefined;
}

/** An agent who is in the conversation with the customer; whoever is only asked is not. */
export interface Speaker {
  readonly agentId: AgentId;
  readonly leg: Leg;
}

export function speakersOf({ offer, talk }: SpeakingSession): readonly Speaker[] {
  const { second, side, outside } = talk ?? {};
  const joined = second?.how === 'conference' ? second : undefined;
  const there = [
    { agentId: offer?.agentId ?? outside?.agentId, leg: side ?? offer?.leg ?? outside?.leg },
    { agentId: joined?.person.agentId, leg: joined?.leg },
  ];
  return there.flatMap(({ agentId, leg }) => (agentId && leg ? [{ agentId, leg }] : []));
}

/** Somebody outside has the customer, and nobody of the house is with them. */
export function isElsewhere(session: SpeakingSession & { readonly stage: string }): boolean {
  const { outside } = session.talk ?? {};
  const hasThem = outside && keeperOf(session) === outside;
  return hasThem === true && !outside?.ofHouse && speakersOf(session).length === 0;
}

/** Of a call: who has it, and what has been made of it. */
interface SpeakingSession {
  readonly offer:
    | { readonly agentId: AgentId; readonly leg?: Leg; readonly bridged?: boolean }
    | undefined;
  readonly talk: Talk | undefined;
}

/** Whoever has the customer, by an offer or without: what they may do is the same. Undefined: nobody has, yet. */
export function keeperOf({
  stage,
  offer,
  talk,
}: SpeakingSession & { readonly stage: string }): (Who & { readonly leg?: Leg }) | undefined {
  if (offer) return offer.bridged ? { ...offer, name: offer.agentId } : undefined;
  return stage === 'talking' ? talk?.outside : undefined;
}

/** Nobody can whisper to a leg on FreeSWITCH to which nothing goes out. */
const SILENCE = 'silence_stream://120000';

type Of = Pick<Talk, 'held' | 'phonesHolding' | 'second' | 'side' | 'outside'>;

/**
 * Where whoever has the customer speaks: in the call that their phone has made besides, if it has made one. Undefined:
 * their phone listens to nobody.
 */
export function voiceOf(
  { side, phonesHolding }: Pick<Talk, 'side' | 'phonesHolding'>,
  keeper: Leg | undefined,
): Leg | undefined {
  return [side, keeper].find((leg) => leg && !phonesHolding.has(leg));
}

/**
 * Who hears whom in the conversation as it is. The customer speaks with somebody or hears music, whatever happens;
 * and whoever waits for somebody to answer hears that it rings.
 */
export function hearingOf(talk: Of, { customer, agent, music }: Present): Hearing {
  const { second, held, phonesHolding } = talk;
  const listens = (leg: Leg | undefined): Leg | undefined =>
    leg && !phonesHolding.has(leg) ? leg : undefined;
  const keeper = agent ?? talk.outside?.leg;
  const voice = voiceOf(talk, keeper);
  const musicFor = (leg: Leg | undefined): (readonly [Leg, string])[] =>
    leg && music !== undefined ? [[leg, music]] : [];
  if (second?.leg && second.how === 'conference') {
    const there = [voice, listens(second.leg), customer].filter((leg) => leg !== undefined);
    const [one, two, three] = there;
    if (one && two) return { bridged: [one, two], ...(three ? { third: three } : {}) };
    return { playing: there.flatMap(musicFor) };
  }
  if (second?.leg) {
    const other = listens(second.leg);
    if (voice && other) return { bridged: [voice, other], playing: musicFor(customer) };
    return { playing: [...musicFor(customer), ...musicFor(other)] };
  }
  if (second && second.how !== 'conference') {
    const ringing = voice ? [[voice, RINGING_TONE] as const] : [];
    return { playing: [...musicFor(customer), ...ringing] };
  }
  const listener = listens(keeper);
  if (held && listener) return { playing: [...musicFor(customer), [listener, SILENCE]] };
  if (listener && customer) return { bridged: [customer, listener] };
  return { playing: musicFor(customer) };
}
