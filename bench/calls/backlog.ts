import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { RtpPeer } from '../../demo/phone/rtp-peer.ts';
import type { Line } from '../../test/support/company.ts';
import { eventually } from '../../test/support/eventually.ts';
import { type CdrRecord, historyOf } from '../../test/support/records.ts';
import { dismiss, readyAgents } from '../support/agents.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';

export interface BacklogTimes {
  readonly agents: number;
  readonly waiting: number;
  readonly agentFreeToNextInviteMs: Distribution;
  /** Callers who were offered after somebody who had come later. */
  readonly overtaken: number;
  /** Offers that came to nothing, by cause: nobody here refuses, so there should be none. */
  readonly failedOffers: Readonly<Record<string, number>>;
}

const TALK_MS = 1_000;
const DIAL_EVERY_MS = 30;
const LIMIT_MS = 120_000;

/** With a full queue: how soon a free agent's phone rings again, and whether the order is kept. */
export async function measureBacklog(
  bench: TestBench,
  phones: PhoneBox,
  agents: number,
  waiting: number,
): Promise<BacklogTimes> {
  const line = await bench.company.line();
  // The callers do not listen: one pair of ears takes what the system plays to all of them.
  const rtp = await RtpPeer.open();
  const callers: PhoneCall[] = [];
  for (let index = 0; index < waiting; index++) {
    callers.push(await phones.dial(line.dnis, { ani: String(5_550_000_000 + index), rtp }));
    await delay(DIAL_EVERY_MS);
  }
  await bench.company.waiting(line, waiting);
  const served = new Service();
  const people = await readyAgents(bench, phones, line, agents, (ringing, person) =>
    served.serve(ringing, person.id),
  );
  await eventually('all to have been served', () => served.order.length >= waiting, LIMIT_MS);
  for (const call of callers) call.hangUp();
  await dismiss(bench, phones, people);
  rtp.close();
  const failedOffers = await countFailedOffers(bench, line);
  return {
    agents,
    waiting,
    agentFreeToNextInviteMs: distribution(served.gaps),
    overtaken: inversions(served.order),
    failedOffers,
  };
}

async function countFailedOffers(
  { company: { api } }: TestBench,
  line: Line,
): Promise<Record<string, number>> {
  await delay(1_000);
  const path = `/v1/cdrs?limit=500&queueId=${line.queueId}`;
  const { items } = await api.get<{ items: readonly CdrRecord[] }>(path);
  const counts: Record<string, number> = {};
  for (const { callId } of items) {
    for (const { type, data } of await historyOf(api, callId)) {
      if (type !== 'offer.failed' && type !== 'offer.withdrawn') continue;
      const cause = String(data.cause ?? data.why);
      counts[cause] = (counts[cause] ?? 0) + 1;
    }
  }
  return counts;
}

/** Agents who answer at once, talk shortly, hang up, and note when their phones ring again. */
class Service {
  readonly gaps: number[] = [];
  readonly order: number[] = [];
  readonly #freeSince = new Map<string, number>();

  serve(ringing: Ringing, agentId: string): void {
    const since = this.#freeSince.get(agentId);
    if (since !== undefined) this.gaps.push(ringing.at - since);
    const from = /sip:\+?(?:52)?(\d{10})@/.exec(ringing.incoming.request.headers.get('from') ?? '');
    this.order.push(Number(from?.[1] ?? 0));
    void this.#talk(ringing, agentId);
  }

  async #talk(ringing: Ringing, agentId: string): Promise<void> {
    const call = await ringing.answer();
    if (!call) return;
    await delay(TALK_MS);
    this.#freeSince.set(agentId, performance.now());
    call.hangUp();
  }
}

/** How many came after somebody with a greater number. */
function inversions(order: readonly number[]): number {
  let greatest = 0;
  let count = 0;
  for (const number of order) {
    if (number < greatest) count += 1;
    greatest = Math.max(greatest, number);
  }
  return count;
}
