import { Counter, Histogram, type Registry } from 'prom-client';
import type { CallEvent } from '../model/call.ts';

/** Seconds: phones ring for 20 unless the queue says otherwise. */
const BUCKETS = [0.5, 1, 2, 3, 5, 8, 12, 20, 30, 60];
/** Offers whose end was never told would stay for ever. */
const OPEN_MAX = 20_000;

/** Of a caller who waits; of who is brought into a conversation; of a call back. */
const ANSWERED: ReadonlySet<string> = new Set([
  'call.connected',
  'agent.answered',
  'callback.dial',
]);

/** How long agents take to answer, and what becomes of offers; told by the events of calls. */
export function measureOffers(registry: Registry): (event: CallEvent) => void {
  const registers = [registry];
  const answer = new Histogram({
    name: 'centralita_offer_answer_seconds',
    help: 'From the order to ring until the agent has answered',
    labelNames: ['queue'],
    buckets: BUCKETS,
    registers,
  });
  const offers = new Counter({
    name: 'centralita_offers_total',
    help: 'Offers by queue and result: answered, noAnswer, withdrawn, or why they failed',
    labelNames: ['queue', 'result'],
    registers,
  });
  const open = new Map<string, { readonly at: number; readonly queue: string }>();
  const end = (
    offerId: string,
    result: string,
  ): { readonly at: number; readonly queue: string } | undefined => {
    const offer = open.get(offerId);
    if (!offer) return undefined;
    open.delete(offerId);
    offers.inc({ queue: offer.queue, result });
    return offer;
  };
  return ({ type, at, data }) => {
    const offerId = String(data.offerId);
    if (type === 'offer.made') {
      const [oldest] = open.size >= OPEN_MAX ? open.keys() : [];
      if (oldest !== undefined) open.delete(oldest);
      open.set(offerId, { at, queue: String(data.queueId ?? '') });
    } else if (ANSWERED.has(type)) {
      const offer = end(offerId, 'answered');
      // Where the customer is dialled first, an agent is taken and no phone of theirs rings yet.
      if (offer && type !== 'callback.dial')
        answer.observe({ queue: offer.queue }, (at - offer.at) / 1_000);
    } else if (type === 'offer.failed') end(offerId, String(data.cause ?? 'failed'));
    else if (type === 'offer.withdrawn')
      end(offerId, data.why === 'noAnswer' ? data.why : 'withdrawn');
  };
}
