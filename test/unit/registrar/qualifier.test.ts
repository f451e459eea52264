import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import type { PhoneBinding } from '../../../src/registrar/bindings.ts';
import { createQualifier, type Sign } from '../../../src/registrar/qualifier.ts';

const EVERY_MS = 30_000;

const binding = (extra: Partial<PhoneBinding> = {}): PhoneBinding => ({
  extension: '1001',
  contactUri: 'sip:1001@10.0.0.5:5062',
  receivedFrom: '192.0.2.1:5060',
  transport: 'udp',
  callId: 'c',
  cseq: 1,
  userAgent: '',
  q: 1,
  expiresAt: 3_600_000,
  ...extra,
});

function setUp() {
  const clock = new ManualClock();
  const asked: number[] = [];
  const said: string[] = [];
  let sign: Sign | Promise<Sign> = 'answers';
  let phones: readonly PhoneBinding[] = [];
  const qualifier = createQualifier({
    clock,
    everyMs: EVERY_MS,
    random: () => 0.5,
    async ask() {
      asked.push(clock.now());
      return sign;
    },
    verdict(judged, silent) {
      said.push(`${clock.now()} ${judged.contactUri} ${silent ? 'silent' : 'answers'}`);
      phones = phones.map((one) => (one === judged ? { ...one, silent } : one));
      qualifier.watch('1001', phones);
    },
  });
  return {
    asked,
    said,
    qualifier,
    says: (next: Sign | Promise<Sign>) => {
      sign = next;
    },
    watch(...all: PhoneBinding[]) {
      phones = all;
      qualifier.watch('1001', all);
    },
    /** Moves time, and lets what was asked be answered at each second. */
    async after(ms: number) {
      for (let left = ms; left > 0; left -= 1_000) {
        clock.advance(Math.min(left, 1_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

describe('qualifier', () => {
  test('asks each phone at once and in its interval, one of an earlier life later, and says nothing as long as it answers', async () => {
    const { asked, said, watch, after } = setUp();
    watch(binding());
    await after(80_000);
    assert.deepEqual(asked, [0, 31_000, 61_000]);
    watch(binding({ contactUri: 'sip:old@10.0.0.6', restored: true }));
    await after(20_000);
    assert.deepEqual(asked.slice(3), [95_000]);
    assert.deepEqual(said, []);
  });

  test('two failures in a row are silence; it is asked on, and heard again', async () => {
    const { said, says, watch, after } = setUp();
    watch(binding());
    await after(20_000);
    says('silent');
    await after(30_000);
    assert.deepEqual(said, ['32000 sip:1001@10.0.0.5:5062 silent']);
    says('answers');
    await after(30_000);
    assert.deepEqual(said.slice(1), ['62000 sip:1001@10.0.0.5:5062 answers']);
  });

  test('one failure is none', async () => {
    const { said, says, watch, after } = setUp();
    watch(binding());
    await after(44_000);
    says('silent');
    await after(1_000);
    says('answers');
    await after(100_000);
    assert.deepEqual(said, []);
  });

  test('whoever has never answered is believed; one of an earlier life had its chance', async () => {
    const { said, says, watch, after } = setUp();
    says('silent');
    watch(binding(), binding({ contactUri: 'sip:old@10.0.0.6', restored: true }));
    await after(60_000);
    assert.deepEqual(said, ['16000 sip:old@10.0.0.6 silent']);
  });

  test('our own trouble says nothing of the phone', async () => {
    const { said, says, watch, after } = setUp();
    watch(binding());
    await after(20_000);
    says('unknown');
    await after(200_000);
    assert.deepEqual(said, []);
  });

  test('a REGISTER is a sign of life, and what was asked of an old address is forgotten', async () => {
    const { said, says, watch, after } = setUp();
    watch(binding());
    await after(44_000);
    says('silent');
    await after(1_000);
    let answer: (sign: Sign) => void = () => {};
    says(new Promise((resolve) => (answer = resolve)));
    await after(1_000);
    watch(binding({ cseq: 2, receivedFrom: '192.0.2.9:5060' }));
    answer('silent');
    await after(1_000);
    says('answers');
    await after(100_000);
    assert.deepEqual(said, []);
  });

  test('after a call that found nobody it is asked at once; one that is gone is asked no more', async () => {
    const { asked, qualifier, says, watch, said, after } = setUp();
    watch(binding());
    await after(16_000);
    says('silent');
    qualifier.suspect('1001');
    await after(2_000);
    assert.deepEqual(said, ['18000 sip:1001@10.0.0.5:5062 silent']);
    watch();
    const before = asked.length;
    await after(100_000);
    assert.equal(asked.length, before);
  });
});
