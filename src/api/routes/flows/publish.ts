import { type Refusal, refusal } from '../../../lib/errors.ts';
import { err, ok, type Result } from '../../../lib/result.ts';
import type { FlowId } from '../../../model/ids.ts';
import type { ConfigurationRepositories, FlowVersion } from '../../../runtime/ports.admin.ts';
import type { FlowChecker } from '../../../runtime/ports.ts';

/** Stores the document as the next version and makes it live, if it can work with the queues there are. */
export async function publishFlow(
  checker: FlowChecker,
  repositories: ConfigurationRepositories,
  id: FlowId,
  document: unknown,
): Promise<Result<FlowVersion, Refusal>> {
  const problem = await problemOf(checker, repositories, id, document);
  return problem ? err(problem) : ok(await repositories.flows.publish(id, document));
}

/** An old version is checked again: the queues that it names may be gone. */
export async function publishVersion(
  checker: FlowChecker,
  repositories: ConfigurationRepositories,
  id: FlowId,
  version: number,
): Promise<Result<FlowVersion, Refusal>> {
  const stored = await repositories.flows.get(id, version);
  if (!stored) return err(refusal('NOT_FOUND', `There is no version ${version} of flow ${id}.`));
  const problem = await problemOf(checker, repositories, id, stored.document);
  return problem ? err(problem) : repositories.flows.setLive(id, version);
}

async function problemOf(
  checker: FlowChecker,
  repositories: ConfigurationRepositories,
  id: FlowId,
  document: unknown,
): Promise<Refusal | undefined> {
  const problems = checker.check(document, await repositories.known(), id);
  if (problems.length === 0) return undefined;
  const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`;
  return refusal('FLOW_INVALID', `The flow ${id} has ${count}.`, problems);
}
