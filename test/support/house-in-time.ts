import type { EpochMs } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { AgentConfig } from '../../src/model/agent.ts';
import { agentId, queueId } from '../../src/model/ids.ts';
import type { CallCenterOptions } from '../../src/runtime/options.ts';
import { openPool, type Pool } from '../../src/store/pool.ts';
import { Bureau } from '../../src/store/reports/bureau.ts';
import { FakeAgentLeg } from './fake-telephony.ts';
import { settled, TestFloor } from './floor.ts';
import { startTestStore, type TestStore } from './postgres.ts';

const LOOK_MS = 3_600_000;
const PICK_UP_MS = 4_000;
/** As the bureau of a running house does by itself. */
const KEEP_MS = 6 * 3_600_000;

/** One that calls at a time, and what becomes of it. */
export interface PlannedCaller {
  readonly at: EpochMs;
  readonly id: string;
  /** From the answer to the end. */
  readonly talkMs: number;
}

/**
 * A house without telephones that lives through days in a few seconds: call center and reports on one clock that the test
 * moves, records and figures in a real PostgreSQL. Agents pick up after four seconds.
 */
export class HouseInTime {
  readonly floor: TestFloor;
  readonly bureau: Bureau;
  readonly test: TestStore;
  readonly pool: Pool;
  readonly #todo: { readonly at: EpochMs; readonly act: () => Promise<void> | void }[] = [];
  #rung = 0;
  #keptAt = 0;

  static async open(
    zone: string,
    from: EpochMs,
    agents: readonly AgentConfig[],
    keeping = { recordMonths: 2, figureMonths: 3 },
  ): Promise<HouseInTime> {
    const test = await startTestStore();
    const { records } = test.store;
    const overrides: Partial<CallCenterOptions> = { zone, records };
    const floor = new TestFloor(undefined, overrides);
    floor.clock.goOnFrom(from);
    const { databaseUrl } = test.database;
    const pool = openPool(databaseUrl, { name: 'test', size: 1, queryMsMax: 5_000 }, silentLogger);
    for (const { id, name, extension, queueIds: _, ...settings } of agents)
      await pool.query(
        'INSERT INTO agents (id, name, extension, settings) VALUES ($1, $2, $3, $4)',
        [id, name, extension, settings],
      );
    const bureau = new Bureau(
      { databaseUrl, zone, everyMs: 0, keeping },
      floor.clock,
      silentLogger,
    );
    const house = new HouseInTime(floor, bureau, test, pool);
    await house.#begin(agents);
    return house;
  }

  private constructor(floor: TestFloor, bureau: Bureau, test: TestStore, pool: Pool) {
    this.floor = floor;
    this.bureau = bureau;
    this.test = test;
    this.pool = pool;
  }

  async #begin(agents: readonly AgentConfig[]): Promise<void> {
    const { floor } = this;
    floor.configuration = { ...floor.configuration, agents };
    const problems = await floor.center.reload();
    if (problems.length > 0) throw new Error(problems.join('\n'));
    for (const { extension } of agents) {
      floor.registered.add(extension);
      floor.center.phone(extension, true);
    }
    floor.ready(...agents.filter(({ casual }) => !casual?.alwaysOn).map(({ id }) => id));
  }

  expect({ at, id, talkMs }: PlannedCaller): void {
    this.#at(at, async () => {
      const leg = await this.floor.queuedCall(id, '+525555559999');
      this.#at(at + talkMs, () => this.floor.center.callerGone(leg.callId, 'hungup'));
    });
  }

  /** Lives until then. Figures are brought up to date every hour. */
  async until(end: EpochMs): Promise<void> {
    const { clock } = this.floor;
    while (clock.now() < end) {
      const look = Math.min(end, (Math.floor(clock.now() / LOOK_MS) + 1) * LOOK_MS);
      await this.#doUntil(look);
      await this.test.store.records.flush();
      await this.bureau.refresh();
      if (clock.now() - this.#keptAt < KEEP_MS) continue;
      this.#keptAt = clock.now();
      await this.bureau.keep();
    }
  }

  async #doUntil(end: EpochMs): Promise<void> {
    const { clock } = this.floor;
    for (;;) {
      this.#todo.sort((a, b) => a.at - b.at);
      const next = this.#todo[0];
      if (!next || next.at > end) break;
      this.#todo.shift();
      clock.advance(Math.max(0, next.at - clock.now()));
      await next.act();
      await settled();
      this.#pickUp();
    }
    // Offers may come by themselves meanwhile, from the line.
    clock.advance(end - clock.now());
    this.#pickUp();
  }

  #at(at: EpochMs, act: () => Promise<void> | void): void {
    this.#todo.push({ at, act });
  }

  #pickUp(): void {
    const { floor } = this;
    for (const request of floor.telephony.rings.slice(this.#rung))
      this.#at(floor.clock.now() + PICK_UP_MS, () =>
        floor.center.agentAnswered(request.offerId, new FakeAgentLeg(request)),
      );
    this.#rung = floor.telephony.rings.length;
  }

  async close(): Promise<void> {
    await this.bureau.close();
    await this.pool.end();
    await this.test.stop();
  }
}

export const someAgent = (id: string, more: Partial<AgentConfig> = {}): AgentConfig => ({
  id: agentId(id),
  name: id,
  extension: id,
  skills: { ventas: 5 },
  queueIds: [queueId('ventas')],
  ...more,
});
