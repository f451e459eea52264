import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { callId } from '../../../src/model/ids.ts';
import { measureOffers } from '../../../src/reporting/offers.ts';
import { timedTelephony } from '../../../src/reporting/telephony.ts';
import type { Telephony } from '../../../src/runtime/ports/index.ts';

test('offers are counted by what became of them, and answers are timed', async () => {
  const registry = new Registry();
  const seen = measureOffers(registry);
  let seq = 0;
  const tell = (type: string, at: number, data: object) =>
    seen({ callId: callId('c'), seq: ++seq, at, type, data: { ...data } });
  tell('offer.made', 1_000, { offerId: 'a', queueId: 'ventas' });
  tell('offer.made', 1_000, { offerId: 'b', queueId: 'ventas' });
  tell('offer.made', 1_000, { offerId: 'c', queueId: 'ventas' });
  tell('call.connected', 5_000, { offerId: 'a' });
  tell('offer.failed', 5_000, { offerId: 'b', cause: 'busy' });
  tell('offer.withdrawn', 5_000, { offerId: 'c' });
  tell('call.connected', 9_000, { offerId: 'unknown' });
  // Nobody answers; a colleague is asked and answers; a call back is accepted, the customer first.
  tell('offer.made', 10_000, { offerId: 'd', queueId: 'ventas' });
  tell('offer.withdrawn', 30_000, { offerId: 'd', why: 'noAnswer' });
  tell('offer.made', 40_000, { offerId: 'e', queueId: 'soporte', how: 'consult' });
  tell('agent.answered', 43_000, { offerId: 'e', agentId: '1002', how: 'consult' });
  tell('offer.made', 50_000, { offerId: 'f', queueId: 'soporte' });
  tell('callback.dial', 50_000, { offerId: 'f' });
  const text = await registry.metrics();
  assert.match(text, /offers_total\{queue="ventas",result="answered"\} 1/);
  assert.match(text, /offers_total\{queue="ventas",result="busy"\} 1/);
  assert.match(text, /offers_total\{queue="ventas",result="withdrawn"\} 1/);
  assert.match(text, /offer_answer_seconds_sum\{queue="ventas"\} 4\n/);
  assert.match(text, /offers_total\{queue="ventas",result="noAnswer"\} 1/);
  assert.match(text, /offers_total\{queue="soporte",result="answered"\} 2/);
  assert.match(text, /offer_answer_seconds_sum\{queue="soporte"\} 3\n/);
  assert.match(text, /offer_answer_seconds_count\{queue="soporte"\} 1\n/);
});

test('telephony is timed and otherwise itself, private parts included', async () => {
  class Adapter {
    readonly #rung: string[] = [];
    ring({ extension }: { extension: string }): void {
      this.#rung.push(extension);
    }
    cancelRing(): void {
      this.#rung.length = 0;
    }
    async bridge(): Promise<boolean> {
      return this.#rung.length > 0;
    }
    get count(): number {
      return this.#rung.length;
    }
  }
  const registry = new Registry();
  const adapter = new Adapter();
  let began: number | undefined = performance.now();
  const timed = timedTelephony(registry, adapter as unknown as Telephony, () => began);
  timed.ring({ extension: '1001' } as never);
  began = undefined;
  timed.ring({ extension: '1002' } as never);
  assert.equal(adapter.count, 2);
  assert.equal(await timed.bridge({} as never, {} as never), true);
  timed.cancelRing('x' as never);
  assert.equal(adapter.count, 0);
  const text = await registry.metrics();
  assert.match(text, /routing_seconds_count 1\n/, 'only what an input has decided');
  assert.match(text, /bridge_seconds_count\{result="ok"\} 1\n/);
});
