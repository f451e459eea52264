import type { CompiledFlow } from './compiled.ts';
import type { Exit, Known } from './node.ts';
import { isRecording, type PromptEntry, type PromptRef } from './prompt-schema.ts';
import { isKnownPlace, placesOf, textFor } from './prompts.ts';

/** What is wrong with a flow whose parts are each well formed: every line names its place. */
export function checkFlow(flow: CompiledFlow, known: Known): readonly string[] {
  return [
    ...missingStart(flow),
    ...unknownTargets(flow),
    ...unreachableNodes(flow),
    ...endlessCircles(flow),
    ...promptProblems(flow),
    ...unusedPrompts(flow),
    ...ownProblems(flow, known),
  ];
}

function missingStart(flow: CompiledFlow): readonly string[] {
  return flow.nodes.has(flow.start) ? [] : [`start: there is no node ${flow.start}`];
}

function unknownTargets(flow: CompiledFlow): readonly string[] {
  return [...flow.nodes.keys()].flatMap((name) =>
    exitsOf(flow, name)
      .filter((exit) => !flow.nodes.has(exit.to))
      .map((exit) => `nodes.${name}.${exit.place}: there is no node ${exit.to}`),
  );
}

function unreachableNodes(flow: CompiledFlow): readonly string[] {
  const reached = new Set([flow.start]);
  for (const name of reached) for (const { to } of exitsOf(flow, name)) reached.add(to);
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
    for (const exit of exitsOf(flow, name)) if (!exit.paced) visit(exit.to, [...trail, name]);
    done.add(name);
  };
  for (const name of flow.nodes.keys()) visit(name, []);
  return problems;
}

function promptProblems(flow: CompiledFlow): readonly string[] {
  const named = Object.entries(flow.prompts).flatMap(([name, entry]) =>
    entryProblems(flow, entry, `prompts.${name}`),
  );
  const inline = spoken(flow).flatMap(({ ref, place }) => {
    if (typeof ref !== 'string') return entryProblems(flow, ref, place);
    return Object.hasOwn(flow.prompts, ref) ? [] : [`${place}: there is no prompt ${ref}`];
  });
  return [...named, ...inline];
}

function entryProblems(flow: CompiledFlow, entry: PromptEntry, place: string): readonly string[] {
  if (isRecording(entry)) return [];
  const missing = flow.languages
    .filter((language) => textFor(entry, language) === undefined)
    .map((language) => `${place}: has no text in ${language}`);
  const strange = Object.entries(entry).flatMap(([language, text]) =>
    placesOf(text)
      .filter((name) => !isKnownPlace(name))
      .map((name) => `${place}.${language}: nothing is known as {${name}}`),
  );
  return [...missing, ...strange];
}

function unusedPrompts(flow: CompiledFlow): readonly string[] {
  const used = new Set(spoken(flow).map(({ ref }) => ref));
  return Object.keys(flow.prompts)
    .filter((name) => !used.has(name))
    .map((name) => `prompts.${name}: is never said`);
}

function ownProblems(flow: CompiledFlow, known: Known): readonly string[] {
  const around = { ...known, languages: flow.languages };
  return [...flow.nodes].flatMap(([name, { kind, config }]) =>
    (kind.check?.(config, around) ?? []).map((problem) => `nodes.${name}.${problem}`),
  );
}

function exitsOf(flow: CompiledFlow, name: string): readonly Exit[] {
  const node = flow.nodes.get(name);
  return node ? node.kind.exits(node.config) : [];
}

/** Everything that any node says, with its place. */
function spoken(
  flow: CompiledFlow,
): readonly { readonly ref: PromptRef; readonly place: string }[] {
  return [...flow.nodes].flatMap(([name, { kind, config }]) =>
    kind
      .prompts(config)
      .flatMap(({ place, refs }) =>
        refs.map((ref, at) => ({ ref, place: `nodes.${name}.${place}[${at}]` })),
      ),
  );
}
