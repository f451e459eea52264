import { normalise } from '../../callers/callers.ts';
import type { CallSession } from '../call-session.ts';
import { numberOf } from '../directory.ts';
import type { World } from '../world.ts';

/**
 * E.164, by the dialling rules of the country that was called: what was typed, or where the caller rings from.
 * Undefined: nobody could be rung there.
 */
export function ringableNumber(
  { directory }: Pick<World, 'directory'>,
  { context, inbound }: CallSession,
  typed?: string,
): string | undefined {
  const country = (directory && numberOf(directory, inbound.dnis)?.country) ?? 'ES';
  const number = typed === undefined ? context.ani : normalise(typed, country);
  return number?.startsWith('+') ? number : undefined;
}
