import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import type { Line } from '../../test/support/company.ts';
import { eventually } from '../../test/support/eventually.ts';
import { type CdrRecord, historyOf } from '../../test/support/records.ts';
import { dismiss, readyAgents } from '../support/agents.ts';
import { openDeafEars } from '../support/deaf-ears.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';

/** What those who wait are sent: sound, or nothing at all because they ask for none (`a=sendonly`). */
export type Hold = 'music' | 'silence';

export interface Backlog {
  readonly agents: number;
  readonly waiting: number;
  /** With many waiting it is the length of the line that counts, not its end. */
  readonly serve: number;
  readonly hold: Hold;
}

export interface BacklogTimes {
  readonly agents: number;
  readonly waiting: number;
  readonly hold: Hold;
  /** So many of them were served, and the others waited to the end. */
  readonly served: number;
  readonly agentFreeToNextInviteMs: Distribution;
  /** Callers whose offer reached a phone after that of somebody who had stood behind them, and by how much at the most. */
  readonly overtaken: number;
  readonly overtakenByMsMax: number;
  /** Offers that came to nothing, by cause: nobody here refuses, so there should be none. */
  readonly failedOffers: Readonly<Record<string, number>>;
}

const TALK_MS = 1_000;
/** Their order does not matter: where each of them stands is what the records say. */
const DIAL_AT_ONCE = 8;
const DIAL_EVERY_MS = 10;
const LIMIT_MS = 120_000;

/** With a full queue: how soon a free agent's phone rings again until `serve` callers were, and whether the order is kept. */
export async function measureBacklog(
  bench: TestBench,
  phones: PhoneBox,
  { agents, waiting, serve, hold }: Backlog,
): Promise<BacklogTimes> {
  const line = await bench.company.line();
  const ears = await openDeafEars();
  const direction = hold === 'silence' ? 'sendonly' : 'sendrecv';
  const mute = { rtp: ears.rtp, earsAt: ears.port, direction } as const;
  const callers: PhoneCall[] = [];
  while (callers.length < waiting) {
    const first = 5_550_000_000 + callers.length;
    const dialled = Array.from(
      { length: Math.min(DIAL_AT_ONCE, waiting - callers.length) },
      (_, n) => phones.dial(line.dnis, { ...mute, ani: String(first + n) }),
    );
    callers.push(...(await Promise.all(dialled)));
    await delay(DIAL_EVERY_MS);
  }
  await bench.company.waiting(line, waiting);
  const served = new Service();
  const people = await readyAgents(bench, phones, line, agents, (ringing, person) =>
    served.serve(ringing, person.id),
  );
  served.counting = true;
  await eventually('enough to be served', () => served.order.length >= serve, LIMIT_MS);
  await dismiss(bench, phones, people);
  // Before the others hang up: these are the records of who was served.
  const { positions, failedOffers } = await readHistories(bench, line);
  for (const call of callers) call.hangUp();
  await ears.close();
  return {
    agents,
    waiting,
    hold,
    served: served.order.length,
    agentFreeToNextInviteMs: distribution(served.gaps),
    ...overtaking(
      served.order.flatMap(({ caller, at }) => {
        const position = positions.get(caller);
        return position === undefined ? [] : [{ position, at }];
      }),
    ),
    failedOffers,
  };
}

/** Where each caller stood when they came, and what came of offers. */
async function readHistories({ company: { api } }: TestBench, line: Line) {
  await delay(TALK_MS + 1_000);
  const path = `/v1/cdrs?limit=500&queueId=${line.queueId}`;
  const { items } = await api.get<{ items: readonly CdrRecord[] }>(path);
  const positions = new Map<number, number>();
  const failedOffers: Record<string, number> = {};
  for (const { callId, ani } of items) {
    for (const { type, data } of await historyOf(api, callId)) {
      if (type === 'call.queued') positions.set(numberOf(ani), Number(data.position));
      if (type !== 'offer.failed' && type !== 'offer.withdrawn') continue;
      const cause = String(data.cause ?? data.why);
      failedOffers[cause] = (failedOffers[cause] ?? 0) + 1;
    }
  }
  return { positions, failedOffers };
}

/** A caller's number without the country: as the agents' phones show it, and as the records have it. */
const numberOf = (text = ''): number => Number(/(\d{10})$/.exec(text)?.[1] ?? 0);

/** Agents who answer at once, talk shortly, hang up, and note when their phones ring again. */
class Service {
  /** From when all agents are there: while people are made, the configuration changes with each of them. */
  counting = false;
  readonly gaps: number[] = [];
  readonly order: { readonly caller: number; readonly at: number }[] = [];
  readonly #freeSince = new Map<string, number>();

  serve(ringing: Ringing, agentId: string): void {
    const since = this.#freeSince.get(agentId);
    if (since !== undefined && this.counting) this.gaps.push(ringing.at - since);
    const from = /sip:([^@]*)@/.exec(ringing.incoming.request.headers.get('from') ?? '');
    const caller = numberOf(from?.[1]);
    // On a machine that is too busy an agent may hang up before the two were joined: then the caller rings again.
    if (!this.order.some((rung) => rung.caller === caller))
      this.order.push({ caller, at: ringing.at });
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

/** How many rang after somebody who stood behind them, and how long after the first of these at the most. */
function overtaking(rings: readonly { readonly position: number; readonly at: number }[]) {
  const late = rings.flatMap(({ position, at }, index) => {
    const before = rings.slice(0, index).find((other) => other.position > position);
    return before ? [at - before.at] : [];
  });
  return { overtaken: late.length, overtakenByMsMax: Math.max(0, ...late) };
}
