import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { Line } from '../../test/support/company.ts';
import { within } from '../../test/support/eventually.ts';
import { dismiss, readyAgents } from '../support/agents.ts';
import { round } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';

const PAUSE_MS = 150;
const AGENTS = 6;

export interface Routing {
  readonly tookMs: readonly number[];
  /** Calls that were refused, or whose agent did not ring. */
  readonly failed: number;
}

/** Calls of our own, one after the other: from the caller's INVITE to that of an idle agent. */
export class RoutingProbe {
  readonly #bench: TestBench;
  readonly #phones: PhoneBox;
  readonly #line: Line;
  readonly #people: Awaited<ReturnType<typeof readyAgents>>;
  #rung: (ringing: Ringing) => void = () => undefined;

  static async open(bench: TestBench, phones: PhoneBox): Promise<RoutingProbe> {
    const line = await bench.company.line();
    let probe: RoutingProbe | undefined;
    const people = await readyAgents(bench, phones, line, AGENTS, (ringing) =>
      probe?.rang(ringing),
    );
    probe = new RoutingProbe(bench, phones, line, people);
    return probe;
  }

  private constructor(
    bench: TestBench,
    phones: PhoneBox,
    line: Line,
    people: Awaited<ReturnType<typeof readyAgents>>,
  ) {
    this.#bench = bench;
    this.#phones = phones;
    this.#line = line;
    this.#people = people;
  }

  rang(ringing: Ringing): void {
    this.#rung(ringing);
  }

  async measure(seconds: number): Promise<Routing> {
    const tookMs: number[] = [];
    let failed = 0;
    const end = performance.now() + seconds * 1_000;
    while (performance.now() < end) {
      await this.#one().then(
        (ms) => tookMs.push(round(ms)),
        () => {
          failed += 1;
        },
      );
      await delay(PAUSE_MS);
    }
    return { tookMs, failed };
  }

  async #one(): Promise<number> {
    const ringing = new Promise<Ringing>((resolve) => {
      this.#rung = resolve;
    });
    const startedAt = performance.now();
    const call = await this.#phones.dial(this.#line.dnis, { ani: '5555559000' });
    try {
      return (await within('the ringing', ringing)).at - startedAt;
    } finally {
      call.hangUp();
    }
  }

  close(): Promise<void> {
    return dismiss(this.#bench, this.#phones, this.#people);
  }
}
