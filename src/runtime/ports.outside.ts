import type { CallerStatus } from '../model/contact.ts';

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
