import type { ASTNode } from '@marcbachmann/cel-js';

/**
 * The part of CEL that flows may use. It has no loops (no macro but `has`), nothing that depends on the machine's
 * clock, zone or locale, and no regular expressions, which can be made to take for ever. What is left visits each
 * node of an expression once at most: its cost is bounded by its length before it ever runs.
 */
const FUNCTIONS: ReadonlySet<string> = new Set(['has', 'size', 'int', 'double', 'string', 'bool']);

const METHODS: ReadonlySet<string> = new Set([
  'size',
  'startsWith',
  'endsWith',
  'contains',
  'indexOf',
  'lastIndexOf',
  'substring',
  'trim',
  'lowerAscii',
  'upperAscii',
  'hasValue',
  'orValue',
]);

const OPERATORS: ReadonlySet<string> = new Set([
  ...['id', 'value', 'list', 'call', 'rcall', '.', '.?', '[]', '[?]', '?:', '||', '&&', '!_', '-_'],
  ...['==', '!=', 'in', '+', '-', '*', '/', '%', '<', '<=', '>', '>='],
]);

/** A part that is not ours: where it begins, and why it is refused. */
export interface Stranger {
  readonly at: number;
  readonly why: string;
}

/** The first part of the expression that flows may not use. The parser has limited how deep this goes. */
export function strangerIn(node: ASTNode): Stranger | undefined {
  const why = objectionTo(node);
  if (why !== undefined) return { at: node.range.start, why };
  for (const part of partsOf(node)) {
    const found = strangerIn(part);
    if (found) return found;
  }
  return undefined;
}

function objectionTo(node: ASTNode): string | undefined {
  if (!OPERATORS.has(node.op)) return `there is no ${node.op} in the expressions of a flow`;
  if (node.op === 'call') return objectionToCall(FUNCTIONS, 'function', node.args[0]);
  if (node.op === 'rcall') return objectionToCall(METHODS, 'method', node.args[0]);
  if (node.op === 'value' && !isPlain(node.args))
    return 'only texts, numbers, true and false can be written here';
  return undefined;
}

function objectionToCall(
  known: ReadonlySet<string>,
  what: string,
  name: string,
): string | undefined {
  return known.has(name)
    ? undefined
    : `there is no ${what} ${name}; there are ${[...known].join(', ')}`;
}

const isPlain = (value: unknown): boolean =>
  ['string', 'number', 'bigint', 'boolean'].includes(typeof value);

/** An operator's operands: nodes, or lists of them, among plain texts (a field's name). */
function partsOf(node: ASTNode): readonly ASTNode[] {
  if (node.op === 'value' || node.op === 'id') return [];
  return [node.args].flat(2).filter(isNode);
}

const isNode = (part: unknown): part is ASTNode =>
  typeof part === 'object' && part !== null && 'op' in part;
