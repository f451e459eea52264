import { type Refusal, refusal } from './errors.ts';
import { err, ok, type Result } from './result.ts';

/**
 * Cursors hold the sort key of the last row that was sent, so that rows which come or go between two requests
 * neither repeat nor hide others. They are opaque, not secret.
 */
export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

const CURSOR_CHARS_MAX = 1_000;

/** Undefined for the first page. Refuses whatever is not so many strings in base64url JSON. */
export function decodeCursor(
  cursor: string | undefined,
  parts: number,
): Result<readonly string[] | undefined, Refusal> {
  if (cursor === undefined) return ok(undefined);
  const key = cursor.length <= CURSOR_CHARS_MAX ? parse(cursor) : undefined;
  const valid =
    Array.isArray(key) && key.length === parts && key.every((part) => typeof part === 'string');
  // PostgreSQL has no text with a NUL in it.
  if (!valid || key.some((part) => part.includes('\0')))
    return err(refusal('CURSOR_INVALID', 'Use the cursor that the page before came with.'));
  return ok(key);
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
