import type { CallId } from '../model/ids.ts';
import type { Reply } from './commands.ts';
import { refuse } from './refusal.ts';
import type { Call, Floor, Talking } from './state.ts';

/** The call of somebody who is on the line: what stands there for a call back is none. */
export function findCall(floor: Floor, id: CallId): Call | undefined {
  const call = floor.calls.get(id);
  return call?.ticket ? undefined : call;
}

export const unknownCall = (id: CallId): Reply =>
  refuse('CALL_UNKNOWN', `There is no call ${id} in any queue.`);

/** Who talks to the call, or dials the customer for it, and since when; undefined: nobody. */
export const talkOf = ({ stage }: Call): Talking | undefined =>
  stage.kind === 'talking' ? stage : undefined;
