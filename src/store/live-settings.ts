import type { Clock, EpochMs } from '../lib/clock.ts';
import type { Settings } from '../model/settings.ts';
import type { SettingsInForce } from '../runtime/ports/settings.ts';
import type { Queryable } from './pool.ts';
import { settingsRepository } from './repositories/settings.ts';

/** What this node changes holds at once; what another one changed, after so long. */
const FRESH_MS = 10_000;

/** The settings that hold now, for whoever goes by them. While the database is away, those that were last seen. */
export class LiveSettings implements SettingsInForce {
  readonly environment: Settings;
  readonly #db: Queryable;
  readonly #clock: Clock;
  #current: Settings;
  #readAt: EpochMs = Number.NEGATIVE_INFINITY;

  constructor(db: Queryable, clock: Clock, environment: Settings) {
    this.#db = db;
    this.#clock = clock;
    this.environment = environment;
    this.#current = environment;
  }

  get current(): Settings {
    // Nobody waits for it: whoever asks next has it.
    if (this.#clock.now() - this.#readAt >= FRESH_MS) void this.refresh().catch(() => undefined);
    return this.#current;
  }

  async refresh(): Promise<void> {
    this.#readAt = this.#clock.now();
    const { own } = await settingsRepository(this.#db).get();
    this.#current = { ...this.environment, ...own };
  }
}
