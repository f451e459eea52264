/** Where an agent is reached who has no phone of the house. */
export type AgentDevice =
  /** Through the trunk; E.164. */
  | { readonly kind: 'number'; readonly number: string }
  /** At another system: `sip:user@host`, through the trunk that knows the way. */
  | { readonly kind: 'sip'; readonly uri: string };

/** Whose presence is asked for by SUBSCRIBE, and as what (RFC 3856, RFC 4235). */
export interface PresenceSource {
  /** `sip:user@host[:port][;transport=tcp]`. */
  readonly uri: string;
  readonly event: 'presence' | 'dialog';
}

/** How a call comes to an agent; of a queue, for its agents who say nothing else. */
export interface ArrivalTerms {
  /** Who is calling and why is said in their ear before they are joined. Absent: only outside the house. */
  readonly whisper?: boolean;
  /** Nobody is joined before a key was pressed: no machine does. Absent: only outside the house. */
  readonly accept?: boolean;
  /** How long they have for that, from the moment the phone is picked up. */
  readonly acceptMs?: number;
  /** A phone of the house picks up by itself. Absent: it does not. */
  readonly autoAnswer?: boolean;
}

/** What holds for one call to one agent. */
export type Arrival = Required<ArrivalTerms>;

export const ACCEPT_MS_DEFAULT = 20_000;
export const ACCEPT_MS_MIN = 5_000;
/** A caller waits for one phone no longer than this and its ringing (rule O7). */
export const ACCEPT_MS_MAX = 55_000;

/** The agent's own word counts before the queue's, and both before what is usual for such a phone. */
export function arrivalOf(
  agent: { readonly device?: AgentDevice; readonly arrival?: ArrivalTerms },
  queue: ArrivalTerms = {},
): Arrival {
  const isOutside = agent.device !== undefined;
  const usual: Arrival = {
    whisper: isOutside,
    accept: isOutside,
    acceptMs: ACCEPT_MS_DEFAULT,
    autoAnswer: false,
  };
  const wanted: Arrival = { ...usual, ...queue, ...agent.arrival };
  if (!isOutside) return wanted;
  // A queue speaks of the phones of the house: what keeps machines away outside is the agent's own affair.
  const accept = agent.arrival?.accept ?? usual.accept;
  return { ...wanted, accept, autoAnswer: false };
}

const E164 = /^\+[1-9]\d{6,14}$/;
const SIP_ADDRESS =
  /^sips?:[A-Za-z0-9+._~*#-]{1,64}@[A-Za-z0-9.-]{1,253}(?::\d{1,5})?(?:;transport=(?:udp|tcp|tls))?$/i;

/** What is wrong with where an agent is reached and how, as sentences. */
export function reachProblems(agent: {
  readonly device?: AgentDevice;
  readonly arrival?: ArrivalTerms;
  readonly presence?: PresenceSource;
}): readonly string[] {
  const { device, arrival, presence } = agent;
  return [
    ...(device?.kind === 'number' && !E164.test(device.number)
      ? ['device.number is no E.164 number.']
      : []),
    ...(device?.kind === 'sip' && !SIP_ADDRESS.test(device.uri)
      ? ['device.uri is no SIP address.']
      : []),
    ...(presence && !SIP_ADDRESS.test(presence.uri) ? ['presence.uri is no SIP address.'] : []),
    ...arrivalProblems(arrival),
  ];
}

export function arrivalProblems({ acceptMs }: ArrivalTerms = {}): readonly string[] {
  const isRight =
    acceptMs === undefined || (acceptMs >= ACCEPT_MS_MIN && acceptMs <= ACCEPT_MS_MAX);
  return isRight
    ? []
    : [`arrival.acceptMs is ${acceptMs}, not ${ACCEPT_MS_MIN} to ${ACCEPT_MS_MAX}.`];
}
