/** More than a level can be. */
const LEVELS = 16;

/** The number of a skill that no agent holds: everybody has level 0 of it. */
const HELD_BY_NOBODY = 0;

/** A skill's number and a level of it, as one number. */
export type Demand = number;

/** What everybody meets. */
export const NOTHING: Demand = HELD_BY_NOBODY * LEVELS;

/** Whose skills are in the table. */
interface Holder {
  readonly config: { readonly skills: Readonly<Record<string, number>> };
  /** Where their levels begin: set by the table alone. */
  row: number;
}

/**
 * What agents hold, as an index of the configuration: each skill that somebody holds has a number, and each agent a row
 * of levels. The rows lie in one piece: whoever becomes free is compared with many demands, and their row is fetched once.
 */
export class SkillTable {
  readonly #numbers = new Map<string, number>();
  #levels = new Uint8Array(0);
  #width = 0;

  /** Numbers skills and agents anew. */
  fill(agents: readonly Holder[]): void {
    this.#numbers.clear();
    const names = new Set(agents.flatMap(({ config }) => Object.keys(config.skills)));
    for (const name of names) this.#numbers.set(name, HELD_BY_NOBODY + 1 + this.#numbers.size);
    this.#width = HELD_BY_NOBODY + 1 + names.size;
    this.#levels = new Uint8Array(agents.length * this.#width);
    for (const [row, agent] of agents.entries()) {
      agent.row = row * this.#width;
      for (const [name, level] of Object.entries(agent.config.skills)) {
        this.#levels[agent.row + (this.#numbers.get(name) ?? HELD_BY_NOBODY)] = level;
      }
    }
  }

  /** Undefined: nobody holds it. */
  demandFor(name: string, level: number): Demand | undefined {
    const number = this.#numbers.get(name);
    return number === undefined ? undefined : number * LEVELS + level;
  }

  /** What nobody meets, whatever the level. */
  unmet(level: number): Demand {
    return HELD_BY_NOBODY * LEVELS + level;
  }

  meets(agent: Holder, demand: Demand): boolean {
    return this.levelOf(agent, demand) >= demand % LEVELS;
  }

  /** Of the skill that is asked for. */
  levelOf({ row }: Holder, demand: Demand): number {
    return this.#levels[row + ((demand / LEVELS) | 0)] as number;
  }
}
