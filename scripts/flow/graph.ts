import type { CompiledFlow } from '../../src/ivr/flow.ts';
import { waysFrom } from '../../src/ivr/graph.ts';

const LABEL_MAX = 40;

/**
 * A flow as a Mermaid flowchart (mermaid.js.org), which GitHub, GitLab and editors draw. An SVG without a browser would
 * need Graphviz: none of Mermaid's own ways does without one.
 */
export function mermaidOf(flow: CompiledFlow): string {
  const names = [...flow.nodes.keys()];
  const id = (name: string): string => `n${names.indexOf(name)}`;
  const nodes = [...flow.nodes].map(([name, { kind }]) => {
    const label = `"${escaped(name)}<br/><small>${kind.type}</small>"`;
    return `  ${id(name)}${kind.ends || kind.returns || isLast(flow, name) ? `([${label}])` : `[${label}]`}`;
  });
  const ways = names.flatMap((name) =>
    waysFrom(flow, name).map((way) => {
      const line = way.paced ? '-->' : '-.->';
      return `  ${id(name)} ${line}|"${escaped(labelOf(flow, name, way.place))}"| ${id(way.to)}`;
    }),
  );
  return ['flowchart TD', `  start((" ")) --> ${id(flow.start)}`, ...nodes, ...ways, ''].join('\n');
}

const isLast = (flow: CompiledFlow, name: string): boolean => waysFrom(flow, name).length === 0;

/** `choices[1].next` → the key of that choice; `cases[0].next` → its condition; `failed` → itself. */
function labelOf(flow: CompiledFlow, name: string, place: string): string {
  const [, list = '', at = ''] = /^(\w+)\[(\d+)\]/.exec(place) ?? [];
  const config = flow.nodes.get(name)?.config as Readonly<Record<string, unknown>>;
  const item = (config[list] as readonly unknown[] | undefined)?.[Number(at)];
  if (typeof item !== 'object' || item === null) return place;
  const { key, intent, if: condition } = item as Readonly<Record<string, unknown>>;
  const shown = key ?? intent ?? condition;
  if (shown === undefined) return place;
  return typeof shown === 'object' ? conditionText(shown as Condition) : String(shown);
}

interface Condition {
  readonly field?: string;
  readonly equals?: string;
  readonly in?: readonly string[];
  readonly exists?: boolean;
}

function conditionText({ field = '', equals, in: among, exists }: Condition): string {
  if (equals !== undefined) return `${field} = ${equals}`;
  if (among) return `${field} in ${among.join(', ')}`;
  return exists ? `${field} is known` : `${field} is not known`;
}

/** Mermaid reads entities; quotes and angle brackets would end its texts. */
function escaped(text: string): string {
  const short = text.length > LABEL_MAX ? `${text.slice(0, LABEL_MAX)}…` : text;
  return short.replace(/[#"<>&|]/g, (letter) => `#${letter.charCodeAt(0)};`);
}
