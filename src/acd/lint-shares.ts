import type { InSteps } from '../lib/slices.ts';

/** Somebody who can take so much of the work of some queues. */
export interface Capacity<Q> {
  readonly queues: readonly Q[];
  /** A whole number, like the demands. */
  readonly amount: number;
}

/** Queues that together ask for more than all who serve any of them can take, and who these are. */
export interface Shortage<Q, C> {
  readonly queues: readonly Q[];
  readonly capacities: readonly C[];
}

interface Pot<Q, C> {
  readonly whole: C;
  left: number;
  readonly taken: Map<Q, number>;
}

/** What can be come to from queues with work left over: by which pot a queue, and by which queue a pot. */
interface Reach<Q, C> {
  readonly queues: Map<Q, Pot<Q, C> | undefined>;
  readonly pots: Map<Pot<Q, C>, Q>;
  /** The first that is not full. */
  readonly roomy?: Pot<Q, C>;
}

/**
 * Shares the work of queues out among those who can take it, as well as it can be done: a maximum flow, by shortest
 * augmenting paths (J. Edmonds and R. M. Karp, Journal of the ACM 19 (1972) 248-264). The queues of the minimum cut ask
 * for more than all who serve them can take together, however it is shared out.
 */
export function* shortages<Q, C extends Capacity<Q>>(
  demands: ReadonlyMap<Q, number>,
  capacities: readonly C[],
): InSteps<readonly Shortage<Q, C>[]> {
  const left = new Map(demands);
  const pots = capacities.map((whole) => ({ whole, left: whole.amount, taken: new Map() }));
  const potsOf = new Map<Q, Pot<Q, C>[]>([...demands.keys()].map((queue) => [queue, []]));
  for (const pot of pots) for (const queue of pot.whole.queues) potsOf.get(queue)?.push(pot);
  for (;;) {
    yield;
    const reach = reachFrom(left, potsOf);
    if (!reach.roomy) return separate(reach, potsOf);
    push(left, reach, reach.roomy);
  }
}

/** A full pot may give up what it has taken of a queue that others serve, too. */
function reachFrom<Q, C>(
  left: ReadonlyMap<Q, number>,
  potsOf: ReadonlyMap<Q, readonly Pot<Q, C>[]>,
): Reach<Q, C> {
  const queues: Reach<Q, C>['queues'] = new Map();
  const pots: Reach<Q, C>['pots'] = new Map();
  for (const [queue, amount] of left) if (amount > 0) queues.set(queue, undefined);
  // A map hands out what is added on the way, too.
  for (const queue of queues.keys()) {
    for (const pot of potsOf.get(queue) ?? []) {
      if (pots.has(pot)) continue;
      pots.set(pot, queue);
      if (pot.left > 0) return { queues, pots, roomy: pot };
      for (const [other, amount] of pot.taken) {
        if (amount > 0 && !queues.has(other)) queues.set(other, pot);
      }
    }
  }
  return { queues, pots };
}

/** The pot takes of its queue, the pot that gave that up takes of another, and so on: as much as all of them can. */
function push<Q, C>(left: Map<Q, number>, { queues, pots }: Reach<Q, C>, roomy: Pot<Q, C>): void {
  const steps: { readonly pot: Pot<Q, C>; readonly queue: Q; readonly from?: Pot<Q, C> }[] = [];
  let amount = roomy.left;
  for (let pot: Pot<Q, C> | undefined = roomy; pot; ) {
    const queue = pots.get(pot) as Q;
    const from: Pot<Q, C> | undefined = queues.get(queue);
    amount = Math.min(amount, (from ? from.taken.get(queue) : left.get(queue)) ?? 0);
    steps.push({ pot, queue, ...(from ? { from } : {}) });
    pot = from;
  }
  roomy.left -= amount;
  for (const { pot, queue, from } of steps) {
    pot.taken.set(queue, (pot.taken.get(queue) ?? 0) + amount);
    const givers = from ? from.taken : left;
    givers.set(queue, (givers.get(queue) ?? 0) - amount);
  }
}

/** Queues that nobody serves in common have nothing to do with each other. */
function separate<Q, C extends Capacity<Q>>(
  reach: Reach<Q, C>,
  potsOf: ReadonlyMap<Q, readonly Pot<Q, C>[]>,
): readonly Shortage<Q, C>[] {
  const found: Shortage<Q, C>[] = [];
  const seen = new Set<Q>();
  const short = [...potsOf.keys()].filter((queue) => reach.queues.has(queue));
  for (const first of short) {
    if (seen.has(first)) continue;
    const queues = new Set([first]);
    const pots = new Set<Pot<Q, C>>();
    for (const queue of queues) {
      seen.add(queue);
      for (const pot of potsOf.get(queue) ?? []) {
        pots.add(pot);
        for (const other of pot.whole.queues) if (reach.queues.has(other)) queues.add(other);
      }
    }
    const capacities = [...pots].map(({ whole }) => whole);
    found.push({ queues: short.filter((queue) => queues.has(queue)), capacities });
  }
  return found;
}
