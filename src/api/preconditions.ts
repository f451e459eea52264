import { CodedError, refusal } from '../lib/errors.ts';

/** Of a version or a revision (RFC 9110 section 8.8.3). */
export const etag = (revision: number): string => `"${revision}"`;

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

const expectedRevisions = (header: string): readonly number[] =>
  [...header.matchAll(/"(\d{1,9})"/g)].map(([, digits]) => Number(digits));
