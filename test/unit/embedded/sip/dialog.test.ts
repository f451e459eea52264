import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Dialog,
  defaultTimers,
  newRequest,
  newResponse,
  Retransmitter,
  responseTo,
  targetOfUri,
} from '../../../../src/embedded/sip/index.ts';
import { markReceived, responseTarget } from '../../../../src/embedded/sip/transport/routing.ts';
import { ManualClock } from '../../../../src/lib/clock.ts';

const invite = (routes: string[] = []) =>
  newRequest('INVITE', 'sip:b@example.com', [
    ['Via', 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;rport'],
    ...routes.map((route): [string, string] => ['Record-Route', route]),
    ['From', '"A" <sip:a@example.com>;tag=fa'],
    ['To', '<sip:b@example.com>'],
    ['Call-ID', 'c'],
    ['CSeq', '10 INVITE'],
    ['Contact', '<sip:a@10.0.0.1:5062;transport=tcp>'],
  ]);

describe('dialogs (RFC 3261 section 12)', () => {
  it('of a callee: identity swapped, route set as it came, own numbers', () => {
    const request = invite(['<sip:p1;lr>', '<sip:p2;lr>']);
    const dialog = Dialog.ofServer(request, responseTo(request, 200, { toTag: 'fb' }), 'udp');
    const bye = dialog.request('BYE');
    assert.equal(bye.uri, 'sip:a@10.0.0.1:5062;transport=tcp');
    assert.deepEqual(bye.headers.all('route'), ['<sip:p1;lr>', '<sip:p2;lr>']);
    assert.equal(bye.headers.get('from'), '<sip:b@example.com>;tag=fb');
    assert.equal(bye.headers.get('to'), '"A" <sip:a@example.com>;tag=fa');
    assert.equal(bye.headers.get('cseq'), '1 BYE');
    assert.equal(dialog.acceptSequence(invite()), 'old');
  });

  it('of a caller: route set reversed, numbers go on, ACK has the number of its INVITE', () => {
    const request = invite();
    const response = newResponse(200, 'OK', [
      ['Record-Route', '<sip:p1;lr>'],
      ['Record-Route', '<sip:p2:5070;lr>'],
      ['To', '<sip:b@example.com>;tag=fb'],
      ['Contact', '<sip:b@192.0.2.2>'],
    ]);
    const dialog = Dialog.ofClient(request, response, 'udp');
    const info = dialog.request('INFO');
    assert.deepEqual(info.headers.all('route'), ['<sip:p2:5070;lr>', '<sip:p1;lr>']);
    assert.equal(info.headers.get('cseq'), '11 INFO');
    assert.equal(dialog.ack(10).headers.get('cseq'), '10 ACK');
    assert.deepEqual(dialog.targetOf(info), { protocol: 'udp', host: 'p2', port: 5070 });
  });

  it('obeys a strict router (12.2.1.1)', () => {
    const request = invite(['<sip:strict>', '<sip:p2;lr>']);
    const dialog = Dialog.ofServer(request, responseTo(request, 200, { toTag: 'fb' }), 'udp');
    const bye = dialog.request('BYE');
    assert.equal(bye.uri, 'sip:strict');
    assert.deepEqual(bye.headers.all('route'), [
      '<sip:p2;lr>',
      '<sip:a@10.0.0.1:5062;transport=tcp>',
    ]);
  });

  it('follows a new Contact (target refresh)', () => {
    const request = invite();
    const dialog = Dialog.ofServer(request, responseTo(request, 200, { toTag: 'fb' }), 'udp');
    dialog.refreshTarget(newRequest('INVITE', 'sip:x', [['Contact', '<sip:a@10.0.0.9>']]));
    assert.equal(dialog.request('BYE').uri, 'sip:a@10.0.0.9');
  });
});

describe('the way back (RFC 3261 18.2, RFC 3581)', () => {
  const from = (protocol: 'udp' | 'tcp') => ({
    protocol,
    host: '203.0.113.5',
    port: 40_000,
    localHost: '192.0.2.9',
    localPort: 5060,
    ...(protocol === 'tcp' ? { connectionId: 'c1' } : {}),
  });
  const via = (value: string) => {
    const request = invite();
    request.headers.set('Via', value);
    return request;
  };

  it('goes to where an rport request came from', () => {
    const request = via('SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;rport');
    markReceived(request, from('udp'));
    assert.match(request.headers.get('via') ?? '', /rport=40000;received=203\.0\.113\.5/);
    const target = responseTarget(responseTo(request, 200), from('udp'));
    assert.deepEqual(target, { protocol: 'udp', host: '203.0.113.5', port: 40_000 });
  });

  it('goes to the sent-by port at the received address without rport', () => {
    const request = via('SIP/2.0/UDP 10.0.0.1:5066;branch=z9hG4bKx');
    markReceived(request, from('udp'));
    const target = responseTarget(responseTo(request, 200), from('udp'));
    assert.deepEqual(target, { protocol: 'udp', host: '203.0.113.5', port: 5066 });
  });

  it('goes to where any UDP request came from, if told to', () => {
    const request = via('SIP/2.0/UDP 10.0.0.1:5066;branch=z9hG4bKx');
    markReceived(request, from('udp'), true);
    const target = responseTarget(responseTo(request, 200), from('udp'));
    assert.equal(target.port, 40_000);
  });

  it('goes to maddr if there is one', () => {
    const request = via('SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx;maddr=192.0.2.77');
    markReceived(request, from('udp'));
    assert.equal(responseTarget(responseTo(request, 200), from('udp')).host, '192.0.2.77');
  });

  it('goes back through the TCP connection', () => {
    const request = via('SIP/2.0/TCP 10.0.0.1:5066;branch=z9hG4bKx');
    markReceived(request, from('tcp'));
    const target = responseTarget(responseTo(request, 200), from('tcp'));
    assert.equal(target.connectionId, 'c1');
    assert.equal(target.port, 5066);
  });

  it('reads the target of a URI', () => {
    assert.deepEqual(targetOfUri('sip:a@h'), { protocol: 'udp', host: 'h', port: 5060 });
    assert.deepEqual(targetOfUri('sip:a@[2001:db8::1]:5070;transport=TCP'), {
      protocol: 'tcp',
      host: '2001:db8::1',
      port: 5070,
    });
    assert.deepEqual(targetOfUri('sips:a@h'), { protocol: 'tls', host: 'h', port: 5061 });
    assert.deepEqual(targetOfUri('sip:a@h;transport=tls'), {
      protocol: 'tls',
      host: 'h',
      port: 5061,
    });
    assert.equal(targetOfUri('sip:a@h;transport=ws'), undefined);
    assert.equal(targetOfUri('tel:123'), undefined);
  });
});

describe('retransmission by the user of a transaction', () => {
  it('repeats a 2xx up to T2 and gives up after 64*T1 (13.3.1.4)', () => {
    const clock = new ManualClock();
    const at: number[] = [];
    let givenUp = 0;
    const note = () => void at.push(clock.now());
    new Retransmitter(clock, defaultTimers, '2xx', note, () => {
      givenUp = clock.now();
    });
    clock.advance(60_000);
    assert.deepEqual(at.slice(0, 5), [500, 1_500, 3_500, 7_500, 11_500]);
    assert.equal(at.length, 10);
    assert.equal(givenUp, 32_000);
  });
});
