import type { CompiledFlow } from './compiled.ts';
import { mayEndIn, reachedByAnswers, reachedFrom, waysFrom } from './graph.ts';

/** What is wrong with the ways through a flow. */
export function graphProblems(flow: CompiledFlow): readonly string[] {
  return [
    ...missingStart(flow),
    ...unknownTargets(flow),
    ...unreachableNodes(flow),
    ...endlessCircles(flow),
    ...menusWithoutEscape(flow),
    ...subflowProblems(flow),
  ];
}

function missingStart(flow: CompiledFlow): readonly string[] {
  return flow.nodes.has(flow.start) ? [] : [`start: there is no node ${flow.start}`];
}

function unknownTargets(flow: CompiledFlow): readonly string[] {
  return [...flow.nodes.keys()].flatMap((name) =>
    waysFrom(flow, name)
      .filter((way) => !flow.nodes.has(way.to))
      .map((way) => `nodes.${name}.${way.place}: there is no node ${way.to}`),
  );
}

function unreachableNodes(flow: CompiledFlow): readonly string[] {
  const reached = reachedFrom(flow, flow.start);
  return [...flow.nodes.keys()]
    .filter((name) => !reached.has(name))
    .map((name) => `nodes.${name}: no call can get here`);
}

/** A circle of ways that ask nothing of the caller: each is named once, by its first node. */
function endlessCircles(flow: CompiledFlow): readonly string[] {
  const problems: string[] = [];
  const done = new Set<string>();
  const visit = (name: string, trail: readonly string[]): void => {
    const at = trail.indexOf(name);
    if (at >= 0) {
      const circle = [...trail.slice(at), name].join(' → ');
      problems.push(`nodes.${name}: a circle that nothing the caller does can end: ${circle}`);
      return;
    }
    if (done.has(name)) return;
    for (const way of waysFrom(flow, name)) if (!way.paced) visit(way.to, [...trail, name]);
    done.add(name);
  };
  for (const name of flow.nodes.keys()) visit(name, []);
  return problems;
}

/**
 * A node that the caller answers must have an answer that leads on: to a person, to the end of the call, or back to
 * the flow before. Silence does not count: whoever does as they are told must get somewhere.
 */
function menusWithoutEscape(flow: CompiledFlow): readonly string[] {
  const leadsOut = (name: string): boolean =>
    [...reachedByAnswers(flow, name)].some((reached) => mayEndIn(flow, reached));
  return [...flow.nodes.keys()]
    .filter((name) => !mayEndIn(flow, name))
    .filter((name) => {
      const answers = waysFrom(flow, name).filter((way) => way.paced);
      return answers.length > 0 && !answers.some((way) => leadsOut(way.to));
    })
    .map((name) => `nodes.${name}: whoever answers here can neither leave nor reach a person`);
}

/** A flow that comes back needs somewhere to come back to, and one that does not comes back to nothing. */
function subflowProblems(flow: CompiledFlow): readonly string[] {
  const calls = [...flow.nodes].flatMap(([name, { kind, config }]) =>
    (kind.calls?.(config) ?? []).map((call) => ({ name, ...call })),
  );
  return calls.flatMap(({ name, flow: id, place, next }) => {
    const callee = flow.subflows.get(id);
    if (!callee) return [];
    const back = callee.returning !== 'never';
    return [
      ...(back && next === undefined
        ? [`nodes.${name}: lacks next, where to go on when the flow ${id} comes back`]
        : []),
      ...(!back && next !== undefined
        ? [`nodes.${name}.next: the flow ${id} has no node return, and never comes back`]
        : []),
      ...flow.languages
        .filter((language) => !callee.languages.includes(language))
        .map((language) => `nodes.${name}.${place}: the flow ${id} does not speak ${language}`),
    ];
  });
}
