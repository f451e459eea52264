import { type CallId, callbackId } from '../model/ids.ts';
import type { Reply } from './commands.ts';
import { refuse } from './refusal.ts';
import type { Call, Floor, Talking } from './state.ts';

/** The call of somebody who is on the line: what stands there for a call back is none. */
export function findCall(floor: Floor, id: CallId): Call | undefined {
  const call = floor.calls.get(id);
  return call?.ticket ? undefined : call;
}

/** As a call, or as the call back in whose stead one will stand. */
export const isKnown = (floor: Floor, id: CallId): boolean =>
  floor.calls.has(id) || (floor.tickets.size > 0 && floor.tickets.has(callbackId(id)));

export const unknownCall = (id: CallId): Reply =>
  refuse('CALL_UNKNOWN', `There is no call ${id} in any queue.`);

/** Who talks to the call, or dials the customer for it, and since when; undefined: nobody. */
export const talkOf = ({ stage }: Call): Talking | undefined =>
  stage.kind === 'talking' ? stage : undefined;
