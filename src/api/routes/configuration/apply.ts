import { CodedError, type Refusal, refusal } from '../../../lib/errors.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import { breather } from '../../../lib/slices.ts';
import type { Principal } from '../../../model/access.ts';
import type { Finding } from '../../../model/finding.ts';
import { flowId } from '../../../model/ids.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type { Authorship } from '../../../runtime/ports/flows.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration } from '../../outcomes.ts';
import { documentOf } from './entries.ts';
import { type Plan, type PlannedChange, planOf } from './plan.ts';
import { type ConfigurationDocument, type Entry, keyOf, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';

export interface CheckedPlan extends Plan {
  readonly findings: readonly Finding[];
}

/** What is asked for, and what the linter says of the result. */
export async function checkedPlan(
  context: ApiContext,
  repositories: ConfigurationRepositories,
  document: ConfigurationDocument,
  remove: boolean,
): Promise<CheckedPlan> {
  const plan = await planOf(context, repositories, document, remove);
  const findings = await context.linter.check(plan.wanted);
  const errors = findings.filter(({ severity }) => severity === 'error');
  return {
    ...plan,
    problems: [...plan.problems, ...errors.map(({ message }) => message)],
    findings: findings.filter(({ severity }) => severity !== 'error'),
  };
}

interface Asked {
  readonly document: ConfigurationDocument;
  readonly remove: boolean;
  readonly by: Authorship;
  /** Who asks: nobody gives what they do not have. */
  readonly principal: Principal;
}

export interface Application extends Asked {
  /** The digest that the plan was made for; undefined: whatever is there. */
  readonly expected: string | undefined;
}

/**
 * All or nothing: one transaction, which the engine takes as a whole or not at all. It is planned again within it,
 * so that what is written is what was seen. PRECONDITION_FAILED, CONFIGURATION_REFUSED and what a table refuses.
 */
export async function apply(context: ApiContext, wanted: Application): Promise<CheckedPlan> {
  const { document, remove } = wanted;
  const seen = await checkedPlan(context, context.store.configuration, document, remove);
  await demandToGive(seen, wanted);
  demand(seen, wanted);
  if (seen.changes.length === 0) return seen;
  await speakFlows(context, seen);
  return changeConfiguration(context, async (tx) => {
    const plan = await checkedPlan(context, tx, document, remove);
    const objection = objectionTo(plan, wanted);
    if (objection) return err(objection);
    await demandToGive(plan, wanted);
    return write(context, tx, wanted, plan);
  });
}

/**
 * What is asked for, made and unmade: what a table or the engine would refuse is known when it is there. Nobody else
 * sees it, and nothing takes effect.
 */
export async function rehearse(context: ApiContext, wanted: Asked): Promise<CheckedPlan> {
  const { document, remove } = wanted;
  const plan = await checkedPlan(context, context.store.configuration, document, remove);
  await demandToGive(plan, wanted);
  if (plan.problems.length > 0 || plan.changes.length === 0) return plan;
  let works = false;
  const played = await context.store.changes.change(
    (tx) => write(context, tx, wanted, plan),
    async () => {
      const objections = await context.control.objections();
      works = objections.length === 0;
      return works ? ['It was a rehearsal.'] : objections;
    },
  );
  if (works || played.ok) return plan;
  const { code, detail, problems = [detail] } = played.error;
  if (code === 'OVERLOADED') throw new CodedError(played.error);
  return { ...plan, problems };
}

async function write(
  context: ApiContext,
  tx: ConfigurationRepositories,
  wanted: Asked,
  plan: CheckedPlan,
): Promise<Result<CheckedPlan, Refusal>> {
  await letGo(tx, plan);
  const entryOf = entriesByKey(wanted.document);
  for (const change of [...plan.changes].sort(byTurn)) {
    const done = await carryOut(tx, change, entryOf(change), wanted.by, context);
    if (!done.ok) return err(placed(change, done.error));
  }
  return ok(plan);
}

function demand(plan: CheckedPlan, wanted: Application): void {
  const objection = objectionTo(plan, wanted);
  if (objection) throw new CodedError(objection);
}

function objectionTo(plan: CheckedPlan, { expected }: Application): Refusal | undefined {
  if (expected !== undefined && expected !== plan.digest)
    return refusal(
      'PRECONDITION_FAILED',
      'The configuration has changed since the plan was made. Make another one.',
    );
  if (plan.problems.length > 0)
    return refusal('CONFIGURATION_REFUSED', plan.problems[0] ?? '', plan.problems);
  return undefined;
}

/** FORBIDDEN: of everybody who is changed, neither what they were nor what they become may be more than one's own. */
async function demandToGive(
  { before, wanted, changes }: Plan,
  { principal }: Asked,
): Promise<void> {
  const pause = breather();
  for (const section of SECTIONS) {
    const theirs = changes.filter((change) => change.section === section.name);
    if (!section.demandToGive || theirs.length === 0) continue;
    const keys = new Set(theirs.map(({ key }) => key));
    for (const document of [await documentOf(before), await documentOf(wanted)])
      for (const entry of document[section.name] ?? []) {
        if (keys.has(keyOf(section, entry))) section.demandToGive(principal, entry);
        await pause();
      }
  }
}

/** New flows and changed ones are spoken before callers come to them, as when they are published singly. */
async function speakFlows({ flowPreparer }: ApiContext, { changes, wanted }: Plan): Promise<void> {
  const known = {
    queueIds: wanted.queues.map(({ id }) => id),
    calendarIds: wanted.calendars.map(({ id }) => id),
    flows: wanted.flows,
  };
  const keys = changes.filter(({ section }) => section === 'flows').map(({ key }) => key);
  const documents = wanted.flows.filter(({ id }) => keys.includes(id));
  await Promise.all(
    documents.map(({ id, document }) => flowPreparer.prepare(document, known, flowId(id))),
  );
}

/** An agent or a number that goes may free what another one takes: its extension, a queue. */
const EARLY: readonly string[] = ['agents', 'numbers'];
const turnOf = ({ action, section }: PlannedChange): number =>
  action !== 'remove' ? 1 : EARLY.includes(section) ? 0 : 2;
const byTurn = (one: PlannedChange, other: PlannedChange): number => turnOf(one) - turnOf(other);

/** Extensions change hands within one document. */
async function letGo(tx: ConfigurationRepositories, { changes }: Plan): Promise<void> {
  for (const { section: name, key, action, differences } of changes) {
    const moves = action === 'change' && differences.some(({ path }) => path === 'extension');
    if (moves) await SECTIONS.find((one) => one.name === name)?.letGo?.(tx, key);
  }
}

/** Of several of one key the first. */
function entriesByKey(document: ConfigurationDocument) {
  const found = new Map<string, Entry>();
  for (const section of SECTIONS)
    for (const entry of [...(document[section.name] ?? [])].reverse())
      found.set(`${section.name}/${keyOf(section, entry)}`, entry);
  return ({ section, key }: PlannedChange): Entry => found.get(`${section}/${key}`) ?? {};
}

function carryOut(
  tx: ConfigurationRepositories,
  { section: name, key, action }: PlannedChange,
  entry: Entry,
  by: Authorship,
  context: ApiContext,
): Promise<Result<unknown, Refusal>> {
  const section = SECTIONS.find((one) => one.name === name) as Section;
  if (action === 'remove') return section.remove(tx, key);
  return action === 'create'
    ? section.create(tx, entry, by, context)
    : section.replace(tx, entry, by);
}

const placed = ({ section, key }: PlannedChange, why: Refusal): Refusal =>
  refusal(why.code, `${section}/${key}: ${why.detail}`, why.problems);
