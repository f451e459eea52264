import { formatProblem, sayAs } from '../grammar/grammar.ts';
import type { CallContext } from '../model/call.ts';
import type { Language } from '../model/contact.ts';
import type { Part } from '../model/utterance.ts';

/** `{name}`, `{variables.order}`, `{variables.total | money MXN}`: a place that the call's context fills. */
const PLACE = /\{([^{}]*)\}/g;
const CONTEXT_PLACES: readonly string[] = ['name', 'ani', 'dnis', 'status', 'intent'];
const VARIABLE = /^variables\.[A-Za-z0-9_-]{1,50}$/;

/** What stands in a place: whose value, and what it is read as. */
export interface Place {
  readonly source: string;
  /** Absent: the value is said as it is. */
  readonly format?: { readonly name: string; readonly args: readonly string[] };
}

/** A text as its author wrote it, cut at its places. */
export type Stretch =
  | { readonly kind: 'fixed'; readonly text: string }
  | ({ readonly kind: 'place'; readonly text: string } & Place);

export function stretchesOf(text: string): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let end = 0;
  for (const match of text.matchAll(PLACE)) {
    if (match.index > end) stretches.push({ kind: 'fixed', text: text.slice(end, match.index) });
    stretches.push({ kind: 'place', text: match[0], ...placeOf(match[1] ?? '') });
    end = match.index + match[0].length;
  }
  if (end < text.length) stretches.push({ kind: 'fixed', text: text.slice(end) });
  return stretches;
}

export const hasPlaces = (text: string): boolean => stretchesOf(text).some(isPlace);

/** Whether a call's context may hold something under the name. */
export const isKnownPlace = (source: string): boolean =>
  CONTEXT_PLACES.includes(source) || VARIABLE.test(source);

/** What is wrong with a text's places, one line each. */
export function placeProblems(text: string): readonly string[] {
  return stretchesOf(text).flatMap((stretch) => {
    if (stretch.kind === 'fixed') return [];
    const { source, format } = stretch;
    const problem = format && formatProblem(format.name, format.args);
    return [
      ...(isKnownPlace(source) ? [] : [`nothing is known as {${source}}`]),
      ...(problem === undefined ? [] : [`${stretch.text}: ${problem}`]),
    ];
  });
}

/** The parts of a text with its places filled. A place of which nothing is known stays silent. */
export function filledParts(
  text: string,
  context: CallContext,
  language: Language,
): readonly Part[] {
  return stretchesOf(text).map((stretch) =>
    stretch.kind === 'fixed'
      ? { text: stretch.text, filled: false }
      : { text: filling(stretch, context, language), filled: true },
  );
}

function filling({ source, format }: Place, context: CallContext, language: Language): string {
  const value = contextField(context, source) ?? '';
  if (!format || value === '') return value;
  return sayAs(value, format.name, format.args, language, context.country);
}

function placeOf(inside: string): Place {
  const [source = '', ...rest] = inside.split('|');
  const [name = '', ...args] = rest.join('|').trim().split(/\s+/);
  return { source: source.trim(), ...(rest.length > 0 ? { format: { name, args } } : {}) };
}

const isPlace = (stretch: Stretch): boolean => stretch.kind === 'place';

/** What the context holds under `status`, `name`, `variables.order` and the like. */
export function contextField(context: CallContext, field: string): string | undefined {
  if (field.startsWith('variables.')) return ownValue(context.variables, field.slice(10));
  switch (field) {
    case 'status':
      return context.status;
    case 'intent':
      return context.intent;
    case 'language':
      return context.language;
    case 'name':
      return context.name;
    case 'ani':
      return context.ani;
    case 'dnis':
      return context.dnis;
    default:
      return undefined;
  }
}

/** A variable called `constructor` is not Object's. */
function ownValue(values: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}
