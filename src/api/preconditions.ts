import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { CodedError, refusal } from '../lib/errors.ts';

/** Optimistic concurrency: nobody overwrites what they have not seen. What a route that changes an object takes. */
export const IfMatch = Type.Object({
  'if-match': Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'The ETag that you read; if it has changed meanwhile, 412',
      examples: ['"3"'],
    }),
  ),
});

/** Of a version or a revision (RFC 9110 section 8.8.3). */
export const etag = (revision: number): string => `"${revision}"`;

/** An answer that is an object with a `revision` has it as its ETag. */
export function registerRevisions(app: FastifyInstance): void {
  app.addHook('preSerialization', async (_request, reply, payload) => {
    const { revision } = Object(payload) as { readonly revision?: unknown };
    if (typeof revision === 'number') void reply.header('etag', etag(revision));
    return payload;
  });
}

/** `If-Match`: absent, or true to what is there now (RFC 9110 section 13.1.1). PRECONDITION_FAILED. */
export function demandMatch(header: string | undefined, revision: number | undefined): void {
  if (header === undefined || (header.trim() === '*' && revision !== undefined)) return;
  if (revision !== undefined && expectedRevisions(header).includes(revision)) return;
  const now = revision === undefined ? 'is not there' : `is ${etag(revision)}`;
  throw new CodedError(refusal('PRECONDITION_FAILED', `If-Match is ${header}, and it ${now}.`));
}

/** The one revision that the header names; undefined: none in particular. PRECONDITION_FAILED for what is no tag. */
export function expectedRevision(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const [revision, ...more] = expectedRevisions(header);
  if (revision !== undefined && more.length === 0) return revision;
  throw new CodedError(refusal('PRECONDITION_FAILED', `If-Match is ${header}: send one ETag.`));
}

/** A weak tag is none of them: the comparison is strong. */
const expectedRevisions = (header: string): readonly number[] =>
  [...header.matchAll(/(?<!W\/)"(\d{1,15})"/g)].map(([, digits]) => Number(digits));
