import { CodedError, type Refusal, refusal } from '../../../lib/errors.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { FlowId } from '../../../model/ids.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import type {
  Authorship,
  FlowDraft,
  FlowRepository,
  FlowVersion,
} from '../../../runtime/ports/flows.ts';
import type { PreparedPrompts } from '../../../runtime/ports/index.ts';
import type { ApiContext } from '../../context.ts';
import { changeConfiguration } from '../../outcomes.ts';

/** What is to go live, and how it does so within a change of the configuration. */
export interface Candidate {
  readonly document: unknown;
  goLive(flows: FlowRepository): Promise<Result<FlowVersion, Refusal>>;
}

/** A document as the next version. */
export const documentCandidate = (id: FlowId, document: unknown, by: Authorship): Candidate => ({
  document,
  goLive: async (flows) => ok(await flows.publish(id, document, by)),
});

/** A version that there is already. */
export const versionCandidate = (stored: FlowVersion, by: Authorship): Candidate => ({
  document: stored.document,
  goLive: (flows) => flows.setLive(stored.id, stored.version, by),
});

/** The draft as the next version, if nobody has changed it since it was read. */
export const draftCandidate = (draft: FlowDraft, by: Authorship): Candidate => ({
  document: draft.document,
  async goLive(flows) {
    const now = await flows.draft(draft.id);
    if (now?.revision !== draft.revision)
      return err(refusal('PRECONDITION_FAILED', 'The draft was changed while it was published.'));
    await flows.dropDraft(draft.id);
    return ok(await flows.publish(draft.id, draft.document, by));
  },
});

export interface Published {
  readonly version: FlowVersion;
  readonly prompts: PreparedPrompts;
  readonly warnings: readonly string[];
}

/**
 * Checks the candidate, has its prompts spoken, and makes it live if `demand` has no objection. It is checked again
 * within the change: the queues, calendars and flows that it names may have gone meanwhile.
 */
export async function publish(
  context: ApiContext,
  id: FlowId,
  candidate: Candidate,
  demand: (live: FlowVersion | undefined) => void,
): Promise<Published> {
  const { configuration } = context.store;
  demand(await configuration.flows.get(id));
  const problem = await problemOf(context, configuration, id, candidate.document);
  if (problem) throw new CodedError(problem);
  const prompts = await context.flowPreparer.prepare(
    candidate.document,
    await configuration.known(),
    id,
  );
  const version = await changeConfiguration(context, async (tx) => {
    demand(await tx.flows.get(id));
    const late = await problemOf(context, tx, id, candidate.document);
    return late ? err(late) : candidate.goLive(tx.flows);
  });
  return { version, prompts, warnings: await context.linter.flow(candidate.document, id) };
}

/** What is said of a document that is not published yet. */
export interface Opinion {
  readonly problems: string[];
  readonly warnings: string[];
}

export const opinionOf = async (
  context: ApiContext,
  document: unknown,
  id?: FlowId,
): Promise<Opinion> => ({
  problems: [...(await problemsOf(context, context.store.configuration, document, id))],
  warnings: [...(await context.linter.flow(document, id))],
});

/** What is wrong with a document; empty: it can be published. */
const problemsOf = async (
  { flowChecker }: ApiContext,
  repositories: ConfigurationRepositories,
  document: unknown,
  id?: FlowId,
): Promise<readonly string[]> => flowChecker.check(document, await repositories.known(), id);

async function problemOf(
  context: ApiContext,
  repositories: ConfigurationRepositories,
  id: FlowId,
  document: unknown,
): Promise<Refusal | undefined> {
  const problems = await problemsOf(context, repositories, document, id);
  if (problems.length === 0) return undefined;
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return refusal('FLOW_INVALID', `The flow ${id} has ${count}.`, problems);
}
