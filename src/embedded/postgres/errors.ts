/** Why the embedded PostgreSQL cannot run, in a sentence that an operator can act on. */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

/** What of all that PostgreSQL's programs write is the reason, in one line. */
export function complaintIn(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '');
  const reasons = lines.filter((line) => /FATAL|PANIC|error:|could not/.test(line));
  return (reasons.length > 0 ? reasons : lines.slice(-1)).map((line) => line.trim()).join('; ');
}
