import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type Srf from 'drachtio-srf';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Admission, type StrangerPolicy } from '../../../src/telephony/trunks/admission.ts';
import type { Trunk } from '../../../src/telephony/trunks/trunk.ts';
import type { Trunks } from '../../../src/telephony/trunks/trunks.ts';

const STRANGER = '198.51.100.9';
const TRUNK = '192.0.2.1';
const PHONE = '203.0.113.7';

function setUp(strangers: StrangerPolicy, { sources = ['192.0.2.1'], room = true } = {}) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const trunk = {
    config: { enabled: true, sources },
    hasRoom: () => room,
    full: () => {},
  } as unknown as Trunk;
  const admission = new Admission({
    strangers,
    clock,
    trunks: {
      all: [trunk],
      ofSource: (address: string) => (address === TRUNK ? trunk : undefined),
    } as unknown as Trunks,
    isPhoneAt: (address, extension) => address === PHONE && (extension ?? '1001') === '1001',
    authenticate: (req) => {
      asked.push(req.get('From'));
      return Promise.resolve(req.get('From').includes('liar') ? undefined : '1001');
    },
  });
  async function call(address: string, { from = 'sip:5550001@a', to = '8005550100' } = {}) {
    const sent: { status: number; at: number }[] = [];
    const headers: Record<string, string> = { From: `<${from}>` };
    const req = {
      source_address: address,
      source_port: '5060',
      uri: `sip:${to}@us`,
      get: (name: string) => headers[name] ?? '',
      has: (name: string) => name in headers,
    } as unknown as Srf.SrfRequest;
    const res = {
      get finalResponseSent() {
        return sent.length > 0;
      },
      send: (status: number) => void sent.push({ status, at: clock.now() }),
    } as unknown as Srf.SrfResponse;
    return { admitted: await admission.admit(req, res), sent };
  }
  return { admission, asked, call, clock, trunk };
}

describe('who may call in (SIP_STRANGERS)', () => {
  test('accept: anybody may, and nobody is asked who it is', async () => {
    const { call, asked } = setUp('accept');
    assert.deepEqual(await call(STRANGER), { admitted: {}, sent: [] });
    assert.deepEqual(asked, []);
  });

  test('refuse: 403, and counted', async () => {
    const { call, admission } = setUp('refuse');
    assert.deepEqual(await call(STRANGER), { admitted: undefined, sent: [{ status: 403, at: 0 }] });
    assert.deepEqual(admission.counts, { refused: 1, ignored: 0, full: 0 });
  });

  test('ignore: not a word for 32 s; of a flood, the rest is refused', async () => {
    const { call, admission, clock } = setUp('ignore');
    const calls = [];
    for (let index = 0; index < 502; index += 1) calls.push(await call(STRANGER));
    assert.deepEqual(calls[0]?.sent, []);
    assert.deepEqual(calls[501]?.sent, [{ status: 403, at: 0 }]);
    assert.deepEqual(admission.counts, { refused: 2, ignored: 500, full: 0 });
    clock.advance(32_000);
    assert.deepEqual(calls[0]?.sent, [{ status: 480, at: 32_000 }]);
    assert.deepEqual((await call(STRANGER)).sent, [], 'there is room again');
  });

  test('auto: accepted as long as no trunk names its sources', async () => {
    assert.deepEqual((await setUp('auto', { sources: [] }).call(STRANGER)).admitted, {});
    assert.equal((await setUp('auto').call(STRANGER)).sent[0]?.status, 403);
  });

  test('a trunk is known by where it calls from, and gets 503 when it has too many', async () => {
    const { call, trunk } = setUp('ignore');
    assert.equal((await call(TRUNK)).admitted?.trunk, trunk);
    const full = setUp('ignore', { room: false });
    assert.equal((await full.call(TRUNK)).sent[0]?.status, 503);
    assert.equal(full.admission.counts.full, 1);
  });

  test('who says to be one of our phones, from where that one is, proves it; elsewhere it is a stranger', async () => {
    const { call, asked } = setUp('accept');
    const ours = { from: 'sip:1001@us' };
    assert.deepEqual((await call(PHONE, ours)).admitted, { fromExtension: '1001' });
    assert.deepEqual((await call(PHONE, { from: 'sip:%@us' })).admitted, {});
    assert.deepEqual((await call(STRANGER, ours)).admitted, {});
    assert.equal(asked.length, 1);
  });

  test('another name from an address of ours has to be proved where strangers may not call', async () => {
    const { call } = setUp('refuse');
    assert.deepEqual((await call(PHONE)).admitted, { fromExtension: '1001' });
    const liar = await call(PHONE, { from: 'sip:liar@us' });
    assert.deepEqual(liar, { admitted: undefined, sent: [] }, 'the challenge has answered it');
  });

  test('a feature code is for those who prove themselves, wherever they call from', async () => {
    const { call, asked } = setUp('accept');
    assert.deepEqual((await call(STRANGER, { to: '*71' })).admitted, { fromExtension: '1001' });
    assert.deepEqual((await call(TRUNK, { to: '*71' })).admitted, { fromExtension: '1001' });
    assert.equal(asked.length, 2);
  });
});
