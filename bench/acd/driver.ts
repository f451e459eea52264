import type { Change } from '../../src/acd/changes.ts';
import type { Command } from '../../src/acd/commands.ts';
import { type Applied, Engine } from '../../src/acd/engine.ts';
import { type AgentId, agentId, type CallId, type OfferId } from '../../src/model/ids.ts';
import { agents, arrival, type Load, queues } from './company.ts';

interface Ringing {
  readonly offerId: OfferId;
  readonly callId: CallId;
  readonly agentId: AgentId;
}

/** The four commands of a served call, in their order. The router has to answer the last two. */
export const KINDS = ['answered', 'ended', 'arrived', 'free'] as const;
export type Kind = (typeof KINDS)[number];

const START = 1_700_000_000_000;

/**
 * A centre at its limit: everybody rings or talks, callers wait. In rounds, some answer, talk, and are free, and
 * as many callers come, so that the line keeps its length. The commands of a round are written beforehand: what
 * is measured is `apply` alone.
 */
export class Driver {
  readonly engine = Engine.create();
  readonly #load: Load;
  #now = START;
  #arrivals = 0;
  #ringing: Ringing[] = [];

  constructor(load: Load) {
    this.#load = load;
    this.#give({ type: 'configure', queues, agents: agents(load) });
  }

  fill(): void {
    for (let n = 0; n < this.#load.waiting; n++) {
      this.#give(arrival(this.#arrivals++, this.#load));
    }
  }

  openPhones(): void {
    for (let n = 0; n < this.#load.agents; n++) {
      const id = agentId(`agent-${n}`);
      this.#give({ type: 'agent.signIn', agentId: id });
      this.#give({ type: 'agent.reachable', agentId: id, reachable: true });
      this.#give({ type: 'agent.ready', agentId: id });
    }
    // Whoever found nobody waiting has callers now.
    for (let n = 0; this.#ringing.length < this.#load.agents / 2 && n < this.#load.agents; n++) {
      this.#give(arrival(this.#arrivals++, this.#load));
    }
  }

  /** One round; `run` is given the commands of each kind and performs them. How many calls were served. */
  round(callsMax: number, run: (kind: Kind, commands: readonly Command[]) => void): number {
    const served = this.#ringing.splice(0, callsMax);
    run(
      'answered',
      served.map(({ offerId }) => ({ type: 'offer.answered', offerId })),
    );
    run(
      'ended',
      served.map(({ callId }) => ({ type: 'call.ended', callId })),
    );
    run(
      'arrived',
      served.map(() => arrival(this.#arrivals++, this.#load)),
    );
    run(
      'free',
      served.map(({ agentId: id }) => ({ type: 'agent.wrapUpDone', agentId: id })),
    );
    return served.length;
  }

  apply(command: Command): Applied {
    return this.engine.apply(++this.#now, command);
  }

  /** What the engine said is what happens next. */
  learn(changes: readonly Change[]): void {
    for (const change of changes) if (change.type === 'offer.made') this.#ringing.push(change);
  }

  #give(command: Command): void {
    this.learn(this.apply(command).changes);
  }
}
