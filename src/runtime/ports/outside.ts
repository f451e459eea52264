import type { CallContext } from '../../model/call.ts';
import type { CallerStatus } from '../../model/contact.ts';
import type { AgentId, CallId, OfferId, QueueId } from '../../model/ids.ts';
import type { DirectoryEntry, PresenceWord } from '../../model/presence.ts';

/** How a call comes to an agent: by a queue, to ring a customer back, or from a colleague. */
export type ArrivalKind = 'call' | 'callback' | 'transfer' | 'consultation';

/** What an agent is told in their ear. Nobody's name: a machine may be listening. */
export interface ArrivalFacts {
  readonly kind: ArrivalKind;
  /** The colleague it comes from. */
  readonly from?: string;
  readonly status: CallerStatus;
  /** What the caller wants, or the queue's name. */
  readonly reason: string;
  readonly waitMs: number;
  /** Whether they have to press a key. */
  readonly asks: boolean;
}

/** A call that is about to come to an agent. */
export interface Coming {
  readonly offerId: OfferId;
  readonly callId: CallId;
  readonly agentId: AgentId;
  readonly kind: ArrivalKind;
  readonly context: CallContext;
  readonly queueId?: QueueId;
  readonly waitMs: number;
  /** The colleague it comes from. */
  readonly from?: string;
}

/** Who can be reached now, and how; and what others say of it. */
export interface People {
  /** Everybody, by name. */
  list(): readonly DirectoryEntry[];
  /** False: nobody has that id. */
  heard(agentId: AgentId, word: PresenceWord): boolean;
  /** False: nobody has that id, or nothing was said. */
  forget(agentId: AgentId, by?: PresenceWord['by']): boolean;
}
