import { never } from '../../../lib/result.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import type { Origin } from '../transport/address.ts';
import type { ServerEvents, TransactionContext } from './context.ts';
import { TimerSet } from './timers.ts';

type State = 'trying' | 'proceeding' | 'completed' | 'terminated';

/** An application that never answers must not hold the request for ever. */
const UNANSWERED_MS_MAX = 240_000;

/**
 * Non-INVITE server transaction: RFC 3261 section 17.2.2.
 *
 *        request
 *           v
 *      +--------+  1xx   +------------+
 *      | trying |------->| proceeding |  request again: last 1xx again
 *      +--------+        +------------+
 *           | 200-699          | 200-699
 *           +--------v---------+
 *              +-----------+
 *              | completed |  request again: response again
 *              +-----------+
 *                    | J
 *                    v
 *              +------------+
 *              | terminated |
 *              +------------+
 */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly origin: Origin;
  readonly #context: TransactionContext;
  readonly #events: ServerEvents;
  readonly #timers: TimerSet;
  #state: State = 'trying';
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
    this.#timers.start('F', UNANSWERED_MS_MAX, () => this.#fail('timeout'));
  }

  get state(): State {
    return this.#state;
  }

  respond(response: SipResponse): boolean {
    switch (this.#state) {
      case 'trying':
      case 'proceeding':
        this.#send(response);
        if (response.status < 200) this.#to('proceeding');
        else this.#complete();
        return true;
      case 'completed':
      case 'terminated':
        return false;
      default:
        return never(this.#state);
    }
  }

  receiveAgain(): void {
    if (this.#last && this.#state !== 'terminated') this.#send(this.#last);
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
    const waitMs = this.origin.protocol === 'udp' ? 64 * this.#context.timers.t1Ms : 0;
    this.#timers.start('J', waitMs, () => this.terminate());
  }

  #send(response: SipResponse): void {
    this.#last = response;
    this.#context.transport.respond(response, this.origin, () => this.#fail('transport'));
  }

  #fail(failure: 'timeout' | 'transport'): void {
    if (this.#state === 'terminated') return;
    this.#events.onFailure(failure);
    this.terminate();
  }

  #to(state: State): void {
    this.#state = state;
  }
}
