import { iso } from '../lib/clock.ts';
import type { NewId } from '../lib/ids.ts';
import type { AgentStateRecord } from '../model/agent.ts';
import type { CallEvent, Cdr } from '../model/call.ts';
import type { Voicemail } from '../model/voicemail.ts';
import { WEBHOOK_EVENTS, type WebhookMessage } from '../model/webhook.ts';

type Data = WebhookMessage['data'];

/** Makes messages of records. What is not to leave the house (legs with their SDP, steps of flows) stays in it. */
export class Messages {
  readonly #newId: NewId;
  readonly #wanted: (type: string) => boolean;

  /** `wanted`: whether anybody subscribed to the type: of others no message is made. */
  constructor(newId: NewId, wanted: (type: string) => boolean) {
    this.#newId = newId;
    this.#wanted = wanted;
  }

  ofEvent({ callId, seq, at, type, data }: CallEvent): WebhookMessage | undefined {
    // Its record says more, and comes at the same moment.
    if (type === 'call.finished' || !Object.hasOwn(WEBHOOK_EVENTS, type)) return undefined;
    return this.#make(type, at, callId, () => ({ callId, seq, ...plain(data) }));
  }

  ofCdr(cdr: Cdr): WebhookMessage | undefined {
    const { arrivedAt, queuedAt, connectedAt, endedAt, sipCallId: _inside, ...rest } = cdr;
    return this.#make('call.finished', endedAt, cdr.callId, () => ({
      ...rest,
      arrivedAt: iso(arrivedAt),
      ...(queuedAt === undefined ? {} : { queuedAt: iso(queuedAt) }),
      ...(connectedAt === undefined ? {} : { connectedAt: iso(connectedAt) }),
      endedAt: iso(endedAt),
    }));
  }

  ofAgentState({ agentId, at, kind, seq: _seq, ...rest }: AgentStateRecord) {
    return this.#make('agent.state', at, `agent ${agentId}`, () => ({
      agentId,
      state: kind,
      ...rest,
    }));
  }

  ofVoicemail({ id, at, ...rest }: Voicemail): WebhookMessage | undefined {
    return this.#make('voicemail.left', at, rest.callId, () => ({
      voicemailId: id,
      at: iso(at),
      ...rest,
    }));
  }

  #make(
    type: string,
    at: number,
    orderKey: string,
    dataOf: () => Data,
  ): WebhookMessage | undefined {
    if (!this.#wanted(type)) return undefined;
    return { id: this.#newId(), type, at, orderKey, data: dataOf() };
  }
}

/** Texts, numbers and truths of an event; what is deeper is for the house's own eyes. */
const plain = (data: Data): Data =>
  Object.fromEntries(
    Object.entries(data).filter(([, value]) =>
      ['string', 'number', 'boolean'].includes(typeof value),
    ),
  );
