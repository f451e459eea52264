import { CodedError, type Refusal, refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { Command } from '../runtime/ports/index.ts';
import type { ApiContext } from './context.ts';

/** The value of what went well; what did not goes to the one place that writes problem details. */
export function valueFrom<T>(result: Result<T, Refusal>): T {
  if (result.ok) return result.value;
  throw new CodedError(result.error);
}

export function found<T>(value: T | undefined, noun: string, key: string | number): T {
  if (value !== undefined) return value;
  throw new CodedError(refusal('NOT_FOUND', `There is no ${noun} ${key}.`));
}

/** Changes the configuration for good only if the engine can run by it, and has begun to. */
export async function changeConfiguration<T>(
  { store, control }: ApiContext,
  work: (repositories: ConfigurationRepositories) => Promise<Result<T, Refusal>>,
): Promise<T> {
  return valueFrom(await store.changes.change(work, () => control.reload()));
}

/** Tells the engine; its refusals are errors of the catalogue under the same codes. */
export function submit({ control }: ApiContext, command: Command): void {
  const reply = control.submit(command);
  if (reply.ok) return;
  throw new CodedError(refusal(reply.code, reply.detail));
}
