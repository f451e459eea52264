import type { CompiledNode, Exit } from './node.ts';

/** How a flow comes back to whoever called it; paced: never before the caller has done something. */
export type Returning = 'never' | 'free' | 'paced';

/** What of a flow is a graph. */
export interface FlowGraph {
  readonly start: string;
  readonly nodes: ReadonlyMap<string, CompiledNode>;
  readonly subflows: ReadonlyMap<string, { readonly returning: Returning; readonly ends: boolean }>;
}

export interface Way extends Exit {
  readonly paced: boolean;
}

/** The ways out of a node. One through a flow is paced as that flow comes back. */
export function waysFrom(flow: FlowGraph, name: string): readonly Way[] {
  const node = flow.nodes.get(name);
  if (!node) return [];
  return node.kind.exits(node.config).map((exit) => ({ ...exit, paced: isPaced(flow, exit) }));
}

function isPaced({ subflows }: FlowGraph, { paced }: Exit): boolean {
  return typeof paced === 'boolean' ? paced : subflows.get(paced.byFlow)?.returning !== 'free';
}

/** The nodes that a call can get to from there, itself included. */
export function reachedFrom(
  flow: FlowGraph,
  from: string,
  along: (way: Way, from: string) => boolean = () => true,
): ReadonlySet<string> {
  const reached = new Set([from]);
  for (const name of reached)
    for (const way of waysFrom(flow, name)) if (along(way, name)) reached.add(way.to);
  return reached;
}

/** The nodes that a caller can get to who answers whatever is asked: ways of silence and failure are left out. */
export function reachedByAnswers(flow: FlowGraph, from: string): ReadonlySet<string> {
  const asks = (name: string): boolean => waysFrom(flow, name).some((way) => way.paced);
  return reachedFrom(flow, from, (way, name) => way.paced || !asks(name));
}

export function returningOf(flow: FlowGraph): Returning {
  const comesBack = (names: ReadonlySet<string>): boolean =>
    [...names].some((name) => flow.nodes.get(name)?.kind.returns === true);
  if (!comesBack(reachedFrom(flow, flow.start))) return 'never';
  return comesBack(reachedFrom(flow, flow.start, (way) => !way.paced)) ? 'free' : 'paced';
}

/** Whether the call may be over in that node, or with a person, or about to go back to the flow before. */
export function mayEndIn(flow: FlowGraph, name: string): boolean {
  const node = flow.nodes.get(name);
  if (!node) return false;
  const { kind, config } = node;
  if (kind.ends === true || kind.returns === true) return true;
  const calls = kind.calls?.(config) ?? [];
  if (calls.some(({ flow: id }) => flow.subflows.get(id)?.ends)) return true;
  return calls.length === 0 && kind.exits(config).length === 0;
}

/** Whether a flow ends a call, or brings it to a person, for a caller who answers: by itself, without going back. */
export function endsOf(flow: FlowGraph): boolean {
  return [...reachedByAnswers(flow, flow.start)].some(
    (name) => flow.nodes.get(name)?.kind.returns !== true && mayEndIn(flow, name),
  );
}
