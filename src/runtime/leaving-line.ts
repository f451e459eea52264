import type { Command } from '../acd/commands.ts';
import { type CallSession, isWaiting } from './call-session.ts';
import type { World } from './world.ts';

/** How a caller goes who did not hang up. */
export type Leaving = Pick<Extract<Command, { type: 'call.abandon' }>, 'byHouse' | 'lineLost'>;

/** It is nobody's wish: whoever rings again has the place (rule C8). */
export const CUT_OFF: Leaving = { byHouse: true, lineLost: true };

/** The caller gives the place up, and no phone rings for them any more. */
export function giveUpPlace({ command }: World, { id: callId }: CallSession): void {
  command({ type: 'call.abandon', callId, byHouse: true });
}

/**
 * An operator takes the caller out of the line: it is no abandon. Whatever a key of the queue has led to is over, as if
 * an agent had answered, and whoever takes them gives them something to hear. False: they stood in none.
 */
export function takeFromLine(world: World, session: CallSession): boolean {
  if (!isWaiting(session)) return false;
  giveUpPlace(world, session);
  session.leftAs = undefined;
  session.elsewhere = false;
  world.tell(session, { type: 'connected' });
  return true;
}
