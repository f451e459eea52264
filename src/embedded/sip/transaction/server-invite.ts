import { never } from '../../../lib/result.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Origin } from '../transport/address.ts';
import type { ClientFailure, ServerEvents, TransactionContext } from './context.ts';
import { TimerSet } from './timers.ts';

type State = 'proceeding' | 'accepted' | 'completed' | 'confirmed' | 'terminated';

/**
 * INVITE server transaction: RFC 3261 section 17.2.1 with the Accepted state of RFC 6026 section 7.1.
 *
 *                      INVITE
 *                        v
 *                 +------------+  INVITE again: last response again
 *                 | proceeding |
 *                 +------------+
 *             2xx /            \ 300-699
 *                v              v
 *          +----------+    +-----------+  G, INVITE again: response again
 *          | accepted |    | completed |
 *          +----------+    +-----------+
 *               |            | ACK   | H
 *               |            v       |
 *               |     +-----------+  |
 *               | L   | confirmed |  |
 *               |     +-----------+  |
 *               v           | I      v
 *          +--------------------------+
 *          |        terminated        |
 *          +--------------------------+
 *
 * In accepted, the user of the transaction sends its 2xx again by `respond` until the ACK comes.
 */
export class InviteServerTransaction {
  readonly request: SipRequest;
  readonly origin: Origin;
  readonly #context: TransactionContext;
  readonly #events: ServerEvents;
  readonly #timers: TimerSet;
  #state: State = 'proceeding';
  #last: SipResponse | undefined;

  constructor(
    request: SipRequest,
    origin: Origin,
    context: TransactionContext,
    events: ServerEvents,
  ) {
    this.request = request;
    this.origin = origin;
    this.#context = context;
    this.#events = events;
    this.#timers = new TimerSet(context.clock);
  }

  get state(): State {
    return this.#state;
  }

  /** True if the response went out; false if a final one went before and this one changes nothing. */
  respond(response: SipResponse): boolean {
    const success = response.status >= 200 && response.status < 300;
    switch (this.#state) {
      case 'proceeding':
        this.#send(response);
        if (success) this.#accept();
        else if (response.status >= 300) this.#complete();
        return true;
      case 'accepted':
        // Retransmissions of the 2xx, and 2xx of other branches through a forking proxy.
        if (success) this.#send(response);
        return success;
      case 'completed':
      case 'confirmed':
      case 'terminated':
        return false;
      default:
        return never(this.#state);
    }
  }

  /** The request came again. */
  receiveAgain(): void {
    // In accepted the user retransmits, in confirmed nothing is left to be said.
    if (this.#state !== 'proceeding' && this.#state !== 'completed') return;
    if (this.#last) this.#send(this.#last);
  }

  /** True if the ACK belongs to this transaction: one to a 2xx does not (RFC 6026 section 7.1). */
  receiveAck(): boolean {
    if (this.#state === 'completed') {
      this.#timers.stopAll();
      this.#to('confirmed');
      const waitMs = this.origin.protocol === 'udp' ? this.#context.timers.t4Ms : 0;
      this.#timers.start('I', waitMs, () => this.terminate());
      return true;
    }
    return this.#state === 'confirmed';
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#timers.stopAll();
    this.#to('terminated');
    this.#events.onTerminated();
  }

  #accept(): void {
    this.#to('accepted');
    this.#timers.start('L', 64 * this.#context.timers.t1Ms, () => this.terminate());
  }

  #complete(): void {
    const { t1Ms } = this.#context.timers;
    this.#to('completed');
    if (this.origin.protocol === 'udp') this.#startG(t1Ms);
    this.#timers.start('H', 64 * t1Ms, () => this.#fail('timeout'));
  }

  #startG(delayMs: number): void {
    this.#timers.start('G', delayMs, () => {
      if (this.#last) this.#send(this.#last);
      this.#startG(Math.min(delayMs * 2, this.#context.timers.t2Ms));
    });
  }

  #send(response: SipResponse): void {
    this.#last = response;
    this.#context.transport.respond(response, this.origin, () => this.#fail('transport'));
  }

  #fail(failure: ClientFailure): void {
    if (this.#state === 'terminated') return;
    const accepted = this.#state === 'accepted';
    this.#events.onFailure(failure);
    // RFC 6026 section 7.1: in accepted a transport error is told, and the state stays.
    if (!accepted) this.terminate();
  }

  #to(state: State): void {
    this.#state = state;
  }
}
