import { never } from '../../../lib/result.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Target } from '../transport/address.ts';
import type { ClientEvents, ClientFailure, TransactionContext } from './context.ts';
import { TimerSet } from './timers.ts';

type State = 'trying' | 'proceeding' | 'completed' | 'terminated';

/**
 * Non-INVITE client transaction: RFC 3261 section 17.1.2.
 *
 *          request sent
 *               v
 *          +--------+  1xx   +------------+
 *  E again | trying |------->| proceeding |  E again, every T2
 *          +--------+        +------------+
 *           |   | 200-699       | 200-699  |
 *           |   +-------v-------+          |
 *     F,    |     +-----------+            | F, transport
 *  transport|     | completed |            |
 *           |     +-----------+            |
 *           v         | K                  v
 *          +--------------------------------+
 *          |           terminated           |
 *          +--------------------------------+
 */
export class ClientTransaction {
  readonly request: SipRequest;
  readonly target: Target;
  readonly #context: TransactionContext;
  readonly #events: ClientEvents;
  readonly #timers: TimerSet;
  #state: State = 'trying';

  constructor(
    request: SipRequest,
    target: Target,
    context: TransactionContext,
    events: ClientEvents,
  ) {
    this.request = request;
    this.target = target;
    this.#context = context;
    this.#events = events;
    this.#timers = new TimerSet(context.clock);
  }

  get state(): State {
    return this.#state;
  }

  start(): void {
    const { t1Ms } = this.#context.timers;
    this.#send();
    if (this.target.protocol === 'udp') this.#startE(t1Ms);
    this.#timers.start('F', 64 * t1Ms, () => this.#fail('timeout'));
  }

  receive(response: SipResponse): void {
    switch (this.#state) {
      case 'trying':
      case 'proceeding':
        if (response.status < 200) this.#to('proceeding');
        else this.#complete();
        this.#events.onResponse(response);
        return;
      case 'completed':
      case 'terminated':
        return;
      default:
        never(this.#state);
    }
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#timers.stopAll();
    this.#to('terminated');
    this.#events.onTerminated();
  }

  #complete(): void {
    this.#timers.stopAll();
    this.#to('completed');
    // Timer K: T4 to soak up retransmissions, none on a reliable transport.
    const waitMs = this.target.protocol === 'udp' ? this.#context.timers.t4Ms : 0;
    this.#timers.start('K', waitMs, () => this.terminate());
  }

  #startE(delayMs: number): void {
    this.#timers.start('E', delayMs, () => {
      this.#send();
      const { t2Ms } = this.#context.timers;
      // Section 17.1.2.2: once something was heard, T2 is the rhythm.
      this.#startE(this.#state === 'proceeding' ? t2Ms : Math.min(delayMs * 2, t2Ms));
    });
  }

  #send(): void {
    this.#context.transport.send(this.request, this.target, () => this.#fail('transport'));
  }

  #fail(failure: ClientFailure): void {
    if (this.#state === 'completed' || this.#state === 'terminated') return;
    this.#timers.stopAll();
    this.#to('terminated');
    this.#events.onFailure(failure);
    this.#events.onTerminated();
  }

  #to(state: State): void {
    this.#state = state;
  }
}
