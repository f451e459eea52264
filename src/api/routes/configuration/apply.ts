import { CodedError, type Refusal, refusal } from '../../../lib/errors.ts';
import type { OneRefused } from '../../../lib/one-by-one.ts';
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
import { type Plan, planOf } from './plan.ts';
import { type ConfigurationDocument, type Entry, keyOf, type Section } from './section.ts';
import { SECTIONS } from './sections.ts';
import { type Turn, turnsOf } from './turns.ts';

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
  const played = await context.store.changes.rehearse(
    (tx) => write(context, tx, wanted, plan),
    () => context.control.objections(),
  );
  if (played.ok) return plan;
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
  for (const turn of turnsOf(plan.changes)) {
    const entries = turn.keys.map((key) => entryOf(turn.section, key));
    const done = await carryOut(tx, turn, entries, wanted.by, context);
    if (!done.ok) return err(placed(turn, done.error));
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

/** Extensions change hands within one document. */
async function letGo(tx: ConfigurationRepositories, { changes }: Plan): Promise<void> {
  for (const section of SECTIONS) {
    const moving = changes.filter(
      ({ section: name, action, differences }) =>
        name === section.name &&
        action === 'change' &&
        differences.some(({ path }) => path === 'extension'),
    );
    const keys = moving.map(({ key }) => key);
    await section.letGo?.(tx, keys);
  }
}

/** Of several of one key the first. */
function entriesByKey(document: ConfigurationDocument) {
  const found = new Map<string, Entry>();
  for (const section of SECTIONS)
    for (const entry of [...(document[section.name] ?? [])].reverse())
      found.set(`${section.name}/${keyOf(section, entry)}`, entry);
  return ({ name }: Section, key: string): Entry => found.get(`${name}/${key}`) ?? {};
}

function carryOut(
  tx: ConfigurationRepositories,
  { section, action, keys }: Turn,
  entries: readonly Entry[],
  by: Authorship,
  context: ApiContext,
): Promise<Result<undefined, OneRefused>> {
  if (action === 'remove') return section.remove(tx, keys);
  return section[action === 'create' ? 'create' : 'replace'](tx, entries, by, context);
}

const placed = ({ section }: Turn, { key, why }: OneRefused): Refusal =>
  refusal(why.code, `${section.name}/${key}: ${why.detail}`, why.problems);
