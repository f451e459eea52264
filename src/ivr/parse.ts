import { err, ok, type Result } from '../lib/result.ts';
import { messageProblems } from './check.ts';
import type { CompiledFlow } from './compiled.ts';
import type { Known, KnownFlow } from './node.ts';
import { readFlow } from './read-flow.ts';
import { flowSchema } from './schema.ts';

/** Whoever pastes a page into a field need not read all of it again. */
const PROBLEM_CHARACTERS_MAX = 500;
const readable = (problem: string): string =>
  problem.length > PROBLEM_CHARACTERS_MAX
    ? `${problem.slice(0, PROBLEM_CHARACTERS_MAX)} …`
    : problem;

/** Beyond any depth that is allowed: a chain of flows that long is not even followed. */
const TRAIL_MAX = 64;

type Parsed = Result<CompiledFlow, readonly string[]>;

/**
 * Reads flows that call one another, each of them once, so that whoever calls a flow shares it. It lives as long as
 * one reading of the configuration.
 */
export class FlowLibrary {
  readonly #known: Known;
  readonly #documents: ReadonlyMap<string, unknown>;
  readonly #parsed = new Map<string, Parsed>();
  /** The flows that are being read now, each called by the one before it. */
  readonly #trail: string[] = [];

  constructor(known: Known) {
    this.#known = known;
    this.#documents = new Map(known.flows?.map(({ id, document }) => [id, document]));
  }

  read(id: string): Parsed {
    const before = this.#parsed.get(id);
    if (before) return before;
    this.#trail.push(id);
    const parsed = this.parse(this.#documents.get(id), id);
    this.#trail.pop();
    this.#parsed.set(id, parsed);
    return parsed;
  }

  parse(document: unknown, id?: string): Parsed {
    return readFlow(document, id, this.#known, (callee) => this.#find(callee));
  }

  #find(id: string): Result<CompiledFlow, string> {
    if (!this.#documents.has(id)) return err(`there is no flow ${id}`);
    const at = this.#trail.indexOf(id);
    if (at >= 0)
      return err(`flows that call each other: ${[...this.#trail.slice(at), id].join(' → ')}`);
    if (this.#trail.length >= TRAIL_MAX)
      return err(`flows that go into each other ${TRAIL_MAX} deep`);
    const flow = this.read(id);
    return flow.ok ? ok(flow.value) : err(`the flow ${id} cannot be used: ${flow.error[0]}`);
  }
}

/** Reads a flow's document; the error names everything that is wrong with it, and where. */
export function parseFlow(document: unknown, known: Known, id?: string): Parsed {
  if (id === undefined) return new FlowLibrary(known).parse(document);
  const others = known.flows?.filter((flow) => flow.id !== id) ?? [];
  const own: KnownFlow = { id, document };
  return new FlowLibrary({ ...known, flows: [...others, own] }).read(id);
}

/** For the API: what is wrong with a document before it goes live under that id (runtime/ports/, FlowChecker). */
export const flowChecker = {
  schema: flowSchema,
  check(document: unknown, known: Known, id?: string): readonly string[] {
    const parsed = parseFlow(document, known, id);
    return parsed.ok ? [] : parsed.error.map(readable);
  },
  checkMessage: messageProblems,
};
