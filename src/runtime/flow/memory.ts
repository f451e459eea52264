import { type CompiledFlow, FlowLibrary } from '../../ivr/flow.ts';
import type { InSteps } from '../../lib/slices.ts';
import type { FlowId } from '../../model/ids.ts';
import type { Configuration, KnownToFlows } from '../ports/index.ts';

/** Flows that can go live, and what is wrong with the others, one line each. */
interface ReadFlows {
  readonly flows: ReadonlyMap<FlowId, CompiledFlow>;
  readonly problems: readonly string[];
}

/**
 * The flows as they were read last. Reading those of an example company takes 20 to 40 ms, and most changes of a
 * configuration (an agent, a number, a closure) leave them and whatever they name as they are.
 */
export class FlowMemory {
  #key: string | undefined;
  #last: ReadFlows = { flows: new Map(), problems: [] };

  *read(configuration: Configuration): InSteps<ReadFlows> {
    const known = knownOf(configuration);
    const key = JSON.stringify(known);
    if (key !== this.#key) this.#last = yield* readAll(known);
    this.#key = key;
    return this.#last;
  }
}

/** What flows may name. */
export const knownOf = ({ flows, queues, calendars }: Configuration): KnownToFlows => ({
  queueIds: queues.map(({ id }) => id),
  calendarIds: calendars.map(({ id }) => id),
  flows,
});

function* readAll(known: KnownToFlows): InSteps<ReadFlows> {
  const read = new Map<FlowId, CompiledFlow>();
  const problems: string[] = [];
  const library = new FlowLibrary(known);
  for (const { id } of known.flows) {
    yield;
    const parsed = library.read(id);
    if (parsed.ok) read.set(id, parsed.value);
    else problems.push(...parsed.error.map((problem) => `flow ${id}: ${problem}`));
  }
  return { flows: read, problems };
}
