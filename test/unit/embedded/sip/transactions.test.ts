import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import {
  type ClientFailure,
  ClientTransaction,
  cancelFor,
  defaultTimers,
  InviteClientTransaction,
  InviteServerTransaction,
  newRequest,
  type Origin,
  responseTo,
  ServerTransaction,
  type SipMessage,
  type SipRequest,
  startLineOf,
  type Target,
} from '../../../../src/embedded/sip/index.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';

const udp: Target = { protocol: 'udp', host: '192.0.2.1', port: 5060 };
const tcp: Target = { ...udp, protocol: 'tcp' };
const originOf = (target: Target): Origin => ({
  ...target,
  localHost: '192.0.2.9',
  localPort: 5060,
});

function requestOf(method: string): SipRequest {
  return newRequest(method, 'sip:b@192.0.2.1', [
    ['Via', 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx'],
    ['Route', '<sip:p;lr>'],
    ['From', '<sip:a@x>;tag=1'],
    ['To', '<sip:b@x>'],
    ['Call-ID', 'c'],
    ['CSeq', `7 ${method}`],
  ]);
}

/** A transport that notes when what was sent, and can fail. */
class Wire {
  readonly clock = new ManualClock();
  readonly sent: { at: number; line: string; message: SipMessage }[] = [];
  fails = false;
  readonly context = {
    clock: this.clock,
    timers: defaultTimers,
    transport: {
      send: (message: SipMessage, _target: Target, onFailed?: (error: Error) => void) =>
        this.#note(message, onFailed),
      respond: (message: SipMessage, _origin: Origin, onFailed?: (error: Error) => void) =>
        this.#note(message, onFailed),
    },
  };

  #note(message: SipMessage, onFailed?: (error: Error) => void): void {
    this.sent.push({ at: this.clock.now(), line: startLineOf(message), message });
    if (this.fails) onFailed?.(new Error('unreachable'));
  }

  times(): number[] {
    return this.sent.map(({ at }) => at);
  }

  lines(): string[] {
    return this.sent.map(({ line }) => line);
  }
}

class Log {
  readonly seen: string[] = [];
  readonly client = {
    onResponse: (response: { status: number }) => void this.seen.push(String(response.status)),
    onFailure: (failure: ClientFailure) => void this.seen.push(failure),
    onTerminated: () => void this.seen.push('end'),
  };
}

let wire: Wire;
let log: Log;
beforeEach(() => {
  wire = new Wire();
  log = new Log();
});

describe('INVITE client transaction (RFC 3261 17.1.1, RFC 6026 7.2)', () => {
  const start = (target = udp) => {
    const transaction = new InviteClientTransaction(
      requestOf('INVITE'),
      target,
      wire.context,
      log.client,
    );
    transaction.start();
    return transaction;
  };

  it('sends again at T1 doubled (A) and gives up after 64*T1 (B)', () => {
    start();
    wire.clock.advance(40_000);
    assert.deepEqual(wire.times(), [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert.deepEqual(log.seen, ['timeout', 'end']);
  });

  it('sends once over TCP', () => {
    start(tcp);
    wire.clock.advance(40_000);
    assert.deepEqual(wire.times(), [0]);
    assert.deepEqual(log.seen, ['timeout', 'end']);
  });

  it('stops at the first provisional response and then waits long (C)', () => {
    const transaction = start();
    transaction.receive(responseTo(transaction.request, 180, { toTag: 't' }));
    wire.clock.advance(599_000);
    assert.deepEqual(wire.times(), [0]);
    assert.deepEqual(log.seen, ['180']);
    wire.clock.advance(2_000);
    assert.deepEqual(log.seen, ['180', 'timeout', 'end']);
  });

  it('acknowledges a refusal, each time it comes, with its own branch and routes (D)', () => {
    const transaction = start();
    const busy = responseTo(transaction.request, 486, { toTag: 't' });
    transaction.receive(busy);
    wire.clock.advance(1_000);
    transaction.receive(busy);
    assert.deepEqual(wire.lines().slice(1), [
      'ACK sip:b@192.0.2.1 SIP/2.0',
      'ACK sip:b@192.0.2.1 SIP/2.0',
    ]);
    const ack = wire.sent[1]?.message;
    assert.equal(ack?.headers.get('via'), transaction.request.headers.get('via'));
    assert.equal(ack?.headers.get('route'), '<sip:p;lr>');
    assert.equal(ack?.headers.get('to'), '<sip:b@x>;tag=t');
    assert.equal(ack?.headers.get('cseq'), '7 ACK');
    assert.deepEqual(log.seen, ['486']);
    wire.clock.advance(32_000);
    assert.deepEqual(log.seen, ['486', 'end']);
  });

  it('passes on every 2xx for 64*T1 and acknowledges none itself (M)', () => {
    const transaction = start();
    for (const toTag of ['t', 't', 'u']) {
      transaction.receive(responseTo(transaction.request, 200, { toTag }));
    }
    assert.equal(wire.sent.length, 1);
    wire.clock.advance(32_000);
    transaction.receive(responseTo(transaction.request, 200, { toTag: 't' }));
    assert.deepEqual(log.seen, ['200', '200', '200', 'end']);
  });

  it('counts as cancelled when nothing comes after the CANCEL (9.1)', () => {
    const transaction = start();
    transaction.receive(responseTo(transaction.request, 180, { toTag: 't' }));
    transaction.expectEndAfterCancel();
    wire.clock.advance(32_000);
    assert.deepEqual(log.seen, ['180', 'timeout', 'end']);
  });

  it('tells a transport failure', () => {
    wire.fails = true;
    start();
    assert.deepEqual(log.seen, ['transport', 'end']);
  });

  it('makes the CANCEL of its INVITE', () => {
    const { headers, uri } = cancelFor(requestOf('INVITE'));
    assert.equal(uri, 'sip:b@192.0.2.1');
    assert.equal(headers.get('cseq'), '7 CANCEL');
    assert.equal(headers.get('via'), 'SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKx');
    assert.equal(headers.get('route'), '<sip:p;lr>');
  });
});

describe('client transaction (RFC 3261 17.1.2)', () => {
  const start = (target = udp) => {
    const transaction = new ClientTransaction(requestOf('BYE'), target, wire.context, log.client);
    transaction.start();
    return transaction;
  };

  it('sends again at T1 doubled up to T2 (E) and gives up after 64*T1 (F)', () => {
    start();
    wire.clock.advance(40_000);
    const times = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert.deepEqual(wire.times(), times);
    assert.deepEqual(log.seen, ['timeout', 'end']);
  });

  it('goes on every T2 after a provisional response', () => {
    const transaction = start();
    wire.clock.advance(600);
    transaction.receive(responseTo(transaction.request, 100));
    wire.clock.advance(9_000);
    assert.deepEqual(wire.times(), [0, 500, 1_500, 5_500, 9_500]);
  });

  it('absorbs repeated answers for T4 (K), over TCP not at all', () => {
    const transaction = start();
    transaction.receive(responseTo(transaction.request, 200));
    transaction.receive(responseTo(transaction.request, 200));
    wire.clock.advance(4_999);
    assert.deepEqual(log.seen, ['200']);
    wire.clock.advance(1);
    assert.deepEqual(log.seen, ['200', 'end']);
    log = new Log();
    start(tcp).receive(responseTo(requestOf('BYE'), 200));
    wire.clock.advance(0);
    assert.deepEqual(log.seen, ['200', 'end']);
  });
});

describe('INVITE server transaction (RFC 3261 17.2.1, RFC 6026 7.1)', () => {
  const start = (target = udp) =>
    new InviteServerTransaction(requestOf('INVITE'), originOf(target), wire.context, log.client);
  const answer = (transaction: InviteServerTransaction, status: number) =>
    transaction.respond(responseTo(transaction.request, status, { toTag: 't' }));

  it('repeats its last provisional response', () => {
    const transaction = start();
    answer(transaction, 100);
    answer(transaction, 180);
    transaction.receiveAgain();
    assert.deepEqual(wire.lines(), [
      'SIP/2.0 100 Trying',
      'SIP/2.0 180 Ringing',
      'SIP/2.0 180 Ringing',
    ]);
  });

  it('repeats a refusal at T1 doubled up to T2 (G) until the ACK, then rests (I)', () => {
    const transaction = start();
    answer(transaction, 486);
    wire.clock.advance(8_000);
    assert.deepEqual(wire.times(), [0, 500, 1_500, 3_500, 7_500]);
    assert.equal(transaction.receiveAck(), true);
    transaction.receiveAgain();
    wire.clock.advance(5_000);
    assert.equal(wire.sent.length, 5);
    assert.deepEqual(log.seen, ['end']);
  });

  it('tells that no ACK came (H)', () => {
    answer(start(), 486);
    wire.clock.advance(32_000);
    assert.deepEqual(log.seen, ['timeout', 'end']);
  });

  it('lets its user repeat a 2xx for 64*T1 and leaves its ACK alone (L)', () => {
    const transaction = start();
    assert.equal(answer(transaction, 200), true);
    transaction.receiveAgain();
    assert.equal(transaction.receiveAck(), false);
    assert.equal(answer(transaction, 200), true);
    assert.equal(answer(transaction, 486), false);
    assert.equal(wire.sent.length, 2);
    wire.clock.advance(32_000);
    assert.deepEqual(log.seen, ['end']);
  });

  it('answers once only', () => {
    const transaction = start();
    answer(transaction, 486);
    assert.equal(answer(transaction, 200), false);
  });
});

describe('server transaction (RFC 3261 17.2.2)', () => {
  it('repeats its answer to a repeated request for 64*T1 (J)', () => {
    const transaction = new ServerTransaction(
      requestOf('BYE'),
      originOf(udp),
      wire.context,
      log.client,
    );
    transaction.receiveAgain();
    assert.equal(wire.sent.length, 0);
    assert.equal(transaction.respond(responseTo(transaction.request, 200)), true);
    transaction.receiveAgain();
    assert.equal(transaction.respond(responseTo(transaction.request, 500)), false);
    assert.equal(wire.sent.length, 2);
    wire.clock.advance(32_000);
    assert.deepEqual(log.seen, ['end']);
  });

  it('does not wait for ever for its user', () => {
    new ServerTransaction(requestOf('BYE'), originOf(udp), wire.context, log.client);
    wire.clock.advance(240_000);
    assert.deepEqual(log.seen, ['timeout', 'end']);
  });
});
