import { isCollection, isMap, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import { firstProblems } from './first-problems.ts';
import { err, ok, type Result } from './result.ts';

/** Beyond this a document is nobody's flow or company; the parser's time grows with it. */
export const YAML_CHARACTERS_MAX = 1_000_000;
/** Brackets within brackets, lists within lists on one line: the parser goes as deep as they do. */
const DEPTH_MAX = 200;
const LINE_CHARACTERS_MAX = 10_000;
/** Aliases that are written out once read: a few lines of them could fill the memory. */
const ALIASES_MAX = 100;

/** A line and a column, from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML (or JSON) document that remembers where everything in it stood. */
export interface YamlSource {
  readonly value: unknown;
  /** Where the problem's place stands: `nodes.menu.choices[2].next: there is …`; the nearest that is there. */
  positionOf(problem: string): Position;
}

/**
 * Reads a document; the problems begin with line and column: `12:7: …`. Of bytes that are no UTF-8 the first bad line
 * is named: callers would hear what stands for the letters that were meant.
 */
export function readYaml(
  written: string | Uint8Array,
  charactersMax = YAML_CHARACTERS_MAX,
): Result<YamlSource, readonly string[]> {
  const read = typeof written === 'string' ? ok(written) : textOf(written);
  if (!read.ok) return read;
  const text = read.value;
  const monster = monsterIn(text, charactersMax);
  if (monster) return err([monster]);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (document.errors.length > 0) return err(problemsOf(document.errors, at));
  try {
    // As it would be stored: a document that holds itself is found here.
    const value: unknown = JSON.parse(
      JSON.stringify(document.toJS({ maxAliasCount: ALIASES_MAX })),
    );
    return ok({
      value,
      positionOf: (problem) => at(offsetOf(document.contents, placeOf(problem))),
    });
  } catch (error) {
    return err([`1:1: ${(error as Error).message}`]);
  }
}

function problemsOf(
  errors: readonly { readonly pos: readonly [number, number]; readonly message: string }[],
  at: (offset: number) => Position,
): readonly string[] {
  const { told, others } = firstProblems(errors);
  return [...told.map(({ pos, message }) => `${show(at(pos[0]))}: ${message}`), ...others];
}

function textOf(bytes: Uint8Array): Result<string, readonly string[]> {
  try {
    return ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // What is bad becomes U+FFFD, and what is before it stays: the first that nobody wrote is the place.
    const lines = new TextDecoder().decode(bytes).split('\n');
    const bad = lines.findIndex((line) => line.includes('\uFFFD'));
    const column = (lines[bad]?.indexOf('\uFFFD') ?? 0) + 1;
    const position = show({ line: Math.max(1, bad + 1), column });
    return err([`${position}: is not UTF-8: was it saved as Latin-1 or Windows-1252?`]);
  }
}

export const show = ({ line, column }: Position): string => `${line}:${column}`;

/** `nodes.menu.choices[2].next: …` → nodes, menu, choices, 2, next. */
function placeOf(problem: string): readonly string[] {
  const place = problem.split(': ')[0] ?? '';
  return place.split(/[.[\]]/).filter((part) => part !== '');
}

/** How far into the document the place is: its key's, so that the line is the one that names it. */
function offsetOf(root: unknown, place: readonly string[]): number {
  let offset = startOf(root);
  let node = root;
  for (const part of place) {
    const pair = isMap(node) ? node.items.find((item) => keyOf(item) === part) : undefined;
    if (!pair && !isCollection(node)) break;
    const child = pair ? pair.value : (node as { items: unknown[] }).items[Number(part)];
    if (child === undefined) break;
    offset = startOf(pair ? pair.key : child);
    node = child;
  }
  return offset;
}

const keyOf = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);

const startOf = (node: unknown): number =>
  (node as { readonly range?: readonly number[] } | null)?.range?.[0] ?? 0;

/** What would keep the parser busy, or break it, before it could say what is wrong. */
function monsterIn(text: string, charactersMax: number): string | undefined {
  if (text.length > charactersMax) return `1:1: is longer than ${charactersMax}`;
  for (const [at, line] of text.split('\n').entries()) {
    if (line.length > LINE_CHARACTERS_MAX)
      return `${at + 1}:1: is a line of more than ${LINE_CHARACTERS_MAX} characters`;
    if ((/^[ ?-]*/.exec(line)?.[0].length ?? 0) > 2 * DEPTH_MAX)
      return `${at + 1}:1: goes more than ${DEPTH_MAX} deep`;
  }
  return depthOf(text) > DEPTH_MAX ? `1:1: has brackets more than ${DEPTH_MAX} deep` : undefined;
}

/** The most brackets that are open at one place, whatever they mean there. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const letter of text) {
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, ++depth);
    else if (letter === ']' || letter === '}') depth = Math.max(0, depth - 1);
  }
  return deepest;
}
