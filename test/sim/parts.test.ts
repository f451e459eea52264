import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from '../../src/acd/commands.ts';
import { Engine } from '../../src/acd/engine.ts';
import type { SimulatedEngine } from './run.ts';
import { simulate } from './simulate.ts';

type Whole = Extract<Command, { type: 'configure' }>;
type Known = Pick<Whole, 'queues' | 'agents'>;

/** The real engine, which is told no configuration but the first as a whole: of the others what is different. */
class ToldParts implements SimulatedEngine {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  apply(now: number, command: Command): ReturnType<Engine['apply']> {
    return this.#engine.apply(now, this.#inParts(command));
  }

  nextDeadline = () => this.#engine.nextDeadline();
  serialize = () => this.#engine.serialize();
  brokenInvariants = () => this.#engine.brokenInvariants();

  #inParts(command: Command): Command {
    if (command.type !== 'configure') return command;
    const state = JSON.parse(this.serialize());
    // What is malformed has no difference.
    if (state.zone !== (command.zone ?? 'UTC') || !isWhole(command)) return command;
    return difference(command, {
      queues: state.queues.filter((queue: { closing: boolean }) => !queue.closing).map(configOf),
      agents: state.agents.filter((agent: { removed: boolean }) => !agent.removed).map(configOf),
    });
  }
}

const configOf = <T>({ config }: { readonly config: T }): T => config;

const isWhole = ({ queues, agents }: Whole): boolean =>
  [queues, agents].every(
    (list) => Array.isArray(list) && list.every((one) => typeof one?.id === 'string'),
  );

function difference({ queues, agents }: Whole, known: Known): Command {
  const there = new Set([...known.queues, ...known.agents].map((one) => JSON.stringify(one)));
  const isNew = (one: object): boolean => !there.has(JSON.stringify(one));
  const named = {
    queues: new Set(queues.map(({ id }) => id)),
    agents: new Set(agents.map(({ id }) => id)),
  };
  return {
    type: 'reconfigure',
    queues: queues.filter(isNew),
    agents: agents.filter(isNew),
    goneQueueIds: known.queues.map(({ id }) => id).filter((id) => !named.queues.has(id)),
    goneAgentIds: known.agents.map(({ id }) => id).filter((id) => !named.agents.has(id)),
  };
}

const PARTS = {
  create: () => new ToldParts(Engine.create()),
  restore: (text: string) => new ToldParts(Engine.restore(text)),
};

const EVENTS = 2_000;

describe('configuring by what is different', () => {
  const fresh = process.env.SIM_SEED ? Number(process.env.SIM_SEED) : Date.now() % 1_000_000_000;
  for (const seed of [1, 2, 3, 4, 5, 6, fresh]) {
    it(`G5 gives the same day as the whole configurations, seed ${seed}`, () => {
      const whole = simulate({ seed, events: EVENTS });
      const parts = simulate({ seed, events: EVENTS, engine: PARTS });
      assert.deepEqual(parts.violations, []);
      assert.equal(parts.digest, whole.digest);
    });
  }
});
