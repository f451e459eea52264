import type { FastifyRequest } from 'fastify';
import type { Authorship, FlowDraft, FlowVersion } from '../../../runtime/ports/flows.ts';
import { iso } from '../../schemas.ts';
import type { Opinion, Published } from './publish.ts';

export const versionAnswer = ({ createdAt, ...flow }: FlowVersion) => ({
  ...flow,
  createdAt: iso(createdAt),
});

export const publishedAnswer = ({ version, prompts, warnings }: Published) => ({
  ...versionAnswer(version),
  prompts,
  warnings: [...warnings],
});

export const draftAnswer = ({ updatedAt, ...draft }: FlowDraft, opinion: Opinion) => ({
  ...draft,
  ...opinion,
  updatedAt: iso(updatedAt),
});

/** Who they are, and what they say. */
export const byWhom = (
  { principal }: Pick<FastifyRequest, 'principal'>,
  comment: string | undefined,
): Authorship => ({ author: principal.name, ...(comment === undefined ? {} : { comment }) });
