import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseSipUri, routeOf, uriKey } from '../../../src/registrar/sip-uri.ts';
import type { Binding } from '../../../src/runtime/ports/index.ts';

const key = (text: string) => {
  const uri = parseSipUri(text);
  assert.ok(uri, text);
  return uriKey(uri);
};

describe('SIP URIs', () => {
  // RFC 3261 section 19.1.4, its examples first.
  for (const [a, b] of [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['SIP:1001@h', 'sip:1001@H'],
    ['sip:1@localhost;transport=UDP', 'sip:%31@LOCALHOST;transport=udp;x=y'],
    ['sip:1:secret@[2001:DB8::1]:5060', 'sip:1@[2001:db8::1]:5060?Subject=x'],
  ] as const)
    test(`${a} is ${b}`, () => assert.equal(key(a), key(b)));

  for (const [a, b] of [
    ['sip:ALICE@AtLanTa.CoM', 'sip:alice@AtLanTa.CoM'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
    ['sip:bob@h:5060', 'sip:bob@h:5061'],
  ] as const)
    test(`${a} is not ${b}`, () => assert.notEqual(key(a), key(b)));

  for (const text of [
    '',
    'tel:+34911',
    'http://x',
    'sip:',
    'sip:a b@h',
    'sip:a@h\r\nX: y',
    `sip:${'a'.repeat(600)}@h`,
    'sip:a@h:99999',
    'sip:a@h o',
    'sip:a@@h',
    'sip:a@h:',
    'sip:a@[h]',
    '*',
  ])
    test(`${JSON.stringify(text.slice(0, 30))} is none`, () =>
      assert.equal(parseSipUri(text), undefined));
});

describe('routeOf', () => {
  const binding = (over: Partial<Binding>): Binding => ({
    extension: '1001',
    contactUri: 'sip:1001@10.0.0.5:5062',
    receivedFrom: '203.0.113.7:41000',
    transport: 'udp',
    callId: 'c',
    cseq: 1,
    userAgent: '',
    q: 1,
    expiresAt: 0,
    ...over,
  });

  test('a phone behind NAT is reached where its REGISTER came from', () => {
    assert.deepEqual(routeOf(binding({})), {
      uri: 'sip:1001@10.0.0.5:5062',
      proxy: 'sip:203.0.113.7:41000;transport=udp',
    });
  });

  test('a phone on TCP behind NAT is reached over its connection', () => {
    const route = routeOf(binding({ transport: 'tcp' }));
    assert.equal(route.proxy, 'sip:203.0.113.7:41000;transport=tcp');
  });

  test('a phone on TCP without NAT is left to drachtio, which knows its connection', () => {
    const route = routeOf(binding({ receivedFrom: '10.0.0.5:41000', transport: 'tcp' }));
    assert.equal(route.proxy, undefined);
  });

  test('a phone that sends from one UDP port may listen on another', () => {
    assert.deepEqual(routeOf(binding({ receivedFrom: '10.0.0.5:41000' })), {
      uri: 'sip:1001@10.0.0.5:5062',
    });
  });

  test('an IPv6 host keeps its brackets', () => {
    const route = routeOf(binding({ receivedFrom: '[2001:db8::7]:5060' }));
    assert.equal(route.proxy, 'sip:[2001:db8::7]:5060;transport=udp');
  });

  test('behind proxies every hop is named, and the one that the REGISTER came from is sent to', () => {
    const path = ['sip:core.example:5070;lr', 'sip:edge.example;lr;ob'];
    const uri =
      'sip:1001@10.0.0.5:5062?Route=%3Csip%3Acore.example%3A5070%3Blr%3E%2C%3Csip%3Aedge.example%3Blr%3Bob%3E';
    assert.deepEqual(routeOf(binding({ path })), {
      uri,
      proxy: 'sip:203.0.113.7:5070;transport=udp',
    });
    const secure = routeOf(binding({ path, transport: 'tls' }));
    assert.equal(secure.proxy, 'sip:203.0.113.7:41000;transport=tls');
  });

  test('nobody who registers has us call somebody else, nor write headers of theirs', () => {
    const here = 'sip:203.0.113.7:41000;transport=udp';
    for (const contactUri of [
      'sip:900@trunk.example',
      'sip:900@203.0.113.7;maddr=trunk.example',
      'sip:900@trunk.example?Route=%3Csip:trunk.example;lr%3E',
    ])
      assert.deepEqual(routeOf(binding({ contactUri })), {
        uri: contactUri.replace(/\?.*/, ''),
        proxy: here,
      });
    const own = routeOf(binding({ contactUri: 'sip:1001@203.0.113.7?Route=%3Csip:t;lr%3E' }));
    assert.deepEqual(own, { uri: 'sip:1001@203.0.113.7' });
    const path = ['sip:trunk.example:5060;lr'];
    assert.equal(routeOf(binding({ path })).proxy, 'sip:203.0.113.7:5060;transport=udp');
  });
});
