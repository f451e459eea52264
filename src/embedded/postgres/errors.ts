/** Why the embedded PostgreSQL cannot run, in a sentence that an operator can act on. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}
