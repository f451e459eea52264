import type { FastifyRequest } from 'fastify';
import type { Authorship, FlowDraft, FlowVersion } from '../../../runtime/ports/flows.ts';
import { iso } from '../../schemas.ts';
import type { Published } from './publish.ts';

export const versionAnswer = ({ createdAt, ...flow }: FlowVersion) => ({
  ...flow,
  createdAt: iso(createdAt),
});

export const publishedAnswer = ({ version, prompts }: Published) => ({
  ...versionAnswer(version),
  prompts,
});

export const draftAnswer = ({ updatedAt, ...draft }: FlowDraft, problems: readonly string[]) => ({
  ...draft,
  problems: [...problems],
  updatedAt: iso(updatedAt),
});

/** Who they are, and what they say. */
export const byWhom = (
  { principal }: Pick<FastifyRequest, 'principal'>,
  comment: string | undefined,
): Authorship => ({ author: principal.name, ...(comment === undefined ? {} : { comment }) });
