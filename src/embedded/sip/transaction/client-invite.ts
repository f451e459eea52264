import { never } from '../../../lib/result.ts';
import { cseqOf, newRequest, type SipRequest, type SipResponse } from '../message.ts';
import type { Target } from '../transport/address.ts';
import type { ClientEvents, ClientFailure, TransactionContext } from './context.ts';
import { TimerSet } from './timers.ts';

type State = 'calling' | 'proceeding' | 'accepted' | 'completed' | 'terminated';

/**
 * INVITE client transaction: RFC 3261 section 17.1.1 with the Accepted state of RFC 6026 section 7.2.
 *
 *             INVITE sent
 *                 v
 *            +---------+  1xx   +------------+
 *  A: again  | calling |------->| proceeding |  C: too long a ringing
 *            +---------+        +------------+
 *     B, transport |  \ 2xx       / |  \ 300-699: ACK
 *                  |   \        2xx |   \
 *                  |    v        v  |    v
 *                  |  +----------+  |  +-----------+
 *                  |  | accepted |  |  | completed |  300-699 again: ACK again
 *                  |  +----------+  |  +-----------+
 *                  v       | M      v C      | D
 *            +--------------------------------------+
 *            |              terminated              |
 *            +--------------------------------------+
 */
export class InviteClientTransaction {
  readonly request: SipRequest;
  readonly target: Target;
  readonly #context: TransactionContext;
  readonly #events: ClientEvents;
  readonly #timers: TimerSet;
  #state: State = 'calling';
  #ack: SipRequest | undefined;

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
    this.#sendRequest();
    if (this.target.protocol === 'udp') this.#startA(t1Ms);
    this.#timers.start('B', 64 * t1Ms, () => this.#fail('timeout'));
  }

  receive(response: SipResponse): void {
    switch (this.#state) {
      case 'calling':
      case 'proceeding':
        this.#progress(response);
        return;
      case 'accepted':
        // RFC 6026 section 7.2: further 2xx, of this or of another branch of a fork, go up.
        if (isSuccess(response)) this.#events.onResponse(response);
        return;
      case 'completed':
        // RFC 3261 section 17.1.1.2: a final response again means that our ACK was lost.
        if (response.status >= 300 && this.#ack) this.#sendAck(this.#ack);
        return;
      case 'terminated':
        return;
      default:
        never(this.#state);
    }
  }

  /**
   * After a CANCEL that nobody answers the INVITE is considered cancelled in 64*T1
   * (RFC 3261 section 9.1).
   */
  expectEndAfterCancel(): void {
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    this.#timers.start('C', 64 * this.#context.timers.t1Ms, () => this.#fail('timeout'));
  }

  terminate(): void {
    if (this.#state === 'terminated') return;
    this.#timers.stopAll();
    this.#to('terminated');
    this.#events.onTerminated();
  }

  #progress(response: SipResponse): void {
    this.#timers.stop('A');
    this.#timers.stop('B');
    if (response.status < 200) {
      if (this.#state === 'calling') {
        this.#to('proceeding');
        this.#timers.start('C', this.#context.timers.ringingMsMax, () => this.#ringTooLong());
      }
    } else {
      this.#timers.stopAll();
      if (isSuccess(response)) this.#accept();
      else this.#complete(response);
    }
    this.#events.onResponse(response);
  }

  /** Section 16.8: whoever rings for ever is sent a CANCEL, and not waited for any longer. */
  #ringTooLong(): void {
    this.#context.transport.send(cancelFor(this.request), this.target);
    this.#fail('timeout');
  }

  #accept(): void {
    this.#to('accepted');
    this.#timers.start('M', 64 * this.#context.timers.t1Ms, () => this.terminate());
  }

  #complete(response: SipResponse): void {
    this.#to('completed');
    this.#ack = ackFor(this.request, response);
    this.#sendAck(this.#ack);
    // Timer D: at least 32 s for unreliable transports, none for reliable ones.
    const waitMs =
      this.target.protocol === 'udp' ? Math.max(32_000, 64 * this.#context.timers.t1Ms) : 0;
    this.#timers.start('D', waitMs, () => this.terminate());
  }

  #startA(delayMs: number): void {
    this.#timers.start('A', delayMs, () => {
      this.#sendRequest();
      this.#startA(delayMs * 2);
    });
  }

  #sendRequest(): void {
    this.#context.transport.send(this.request, this.target, () => this.#fail('transport'));
  }

  #sendAck(ack: SipRequest): void {
    this.#context.transport.send(ack, this.target, () => this.terminate());
  }

  #fail(failure: ClientFailure): void {
    if (this.#state !== 'calling' && this.#state !== 'proceeding') return;
    this.#timers.stopAll();
    this.#to('terminated');
    this.#events.onFailure(failure);
    this.#events.onTerminated();
  }

  #to(state: State): void {
    this.#state = state;
  }
}

const isSuccess = (response: SipResponse): boolean =>
  response.status >= 200 && response.status < 300;

/** The ACK to a non-2xx is part of the transaction: same branch, same routes (section 17.1.1.3). */
function ackFor(invite: SipRequest, response: SipResponse): SipRequest {
  const { headers } = invite;
  const ack = newRequest('ACK', invite.uri);
  ack.headers.add('Via', headers.get('via') ?? '');
  for (const route of headers.all('route')) ack.headers.add('Route', route);
  ack.headers.add('Max-Forwards', '70');
  ack.headers.add('From', headers.get('from') ?? '');
  ack.headers.add('To', response.headers.get('to') ?? headers.get('to') ?? '');
  ack.headers.add('Call-ID', headers.get('call-id') ?? '');
  ack.headers.add('CSeq', `${cseqOf(invite)?.seq ?? 1} ACK`);
  return ack;
}

/** The CANCEL of a request: same Via, routes, From, To, Call-ID and CSeq number (section 9.1). */
export function cancelFor(request: SipRequest): SipRequest {
  const { headers } = request;
  const cancel = newRequest('CANCEL', request.uri);
  cancel.headers.add('Via', headers.get('via') ?? '');
  for (const route of headers.all('route')) cancel.headers.add('Route', route);
  cancel.headers.add('Max-Forwards', '70');
  for (const name of ['From', 'To', 'Call-ID']) {
    cancel.headers.add(name, headers.get(name) ?? '');
  }
  cancel.headers.add('CSeq', `${cseqOf(request)?.seq ?? 1} CANCEL`);
  return cancel;
}
