import type { Clock } from '../../../lib/clock.ts';
import type { SipRequest } from '../message.ts';
import type { ClientEvents } from '../transaction/context.ts';
import type { AnyClientTransaction, AnyServerTransaction } from '../transaction/layer.ts';
import type { TimerValues } from '../transaction/timers.ts';
import type { Target } from '../transport/address.ts';

/** Whoever lives at a dialog's identity: a session, or a call that is still being set up. */
export interface DialogUser {
  receive(transaction: AnyServerTransaction): void;
  receiveAck(ack: SipRequest): void;
  /** The agent closes: no timer may outlive it. */
  stop(): void;
}

/** What calls and sessions need of their user agent. */
export interface AgentCore {
  readonly clock: Clock;
  readonly timers: TimerValues;
  contactHeader(): [string, string];
  addDialog(id: string, user: DialogUser): void;
  removeDialog(id: string): void;
  /** Sends a request in a transaction; a missing target fails like an unreachable one. */
  sendRequest(
    request: SipRequest,
    target: Target | undefined,
    events: ClientEvents,
  ): AnyClientTransaction | undefined;
  sendAck(ack: SipRequest, target: Target): void;
  cancel(invite: AnyClientTransaction): void;
}
