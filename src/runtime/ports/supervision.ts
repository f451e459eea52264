import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { Actor, Principal } from '../../model/access.ts';
import type { AgentId, CallId } from '../../model/ids.ts';
import type { SupervisionMode, SupervisionView } from '../../model/supervision.ts';

/** Who hears a conversation besides those who speak (served by telephony). Methods never reject; false: it cannot be. */
export interface Overhearing<Leg> {
  /** `supervisor` hears what `target` says and hears. Both must be on one media server. */
  overhear(supervisor: Leg, target: Leg, mode: SupervisionMode): Promise<boolean>;
  /** Who hears the supervisor from now on. */
  overhearAs(supervisor: Leg, mode: SupervisionMode): Promise<boolean>;
  /** The supervisor hears nobody any more, and nobody hears them. */
  stopOverhearing(supervisor: Leg): Promise<boolean>;
}

/** Who somebody at a phone is to the access control (served by store). */
export interface PhoneUsers {
  /** The user whose own agent this is; undefined: nobody's. Rejects when the database is away. */
  ofAgent(id: AgentId): Promise<Principal | undefined>;
}

export interface SupervisionOrder {
  readonly callId: CallId;
  /** The extension of the supervisor's phone, which rings. */
  readonly supervisor: string;
  readonly mode: SupervisionMode;
  readonly by: Actor;
}

/**
 * Lets supervisors listen to conversations. CALL_UNKNOWN, CALL_STATE: nobody of the house speaks there;
 * SUPERVISION_BUSY: another supervisor is heard, or too many listen; SUPERVISION_UNKNOWN.
 */
export interface SupervisionDesk {
  begin(order: SupervisionOrder): Result<SupervisionView, Refusal>;
  change(
    callId: CallId,
    id: string,
    mode: SupervisionMode,
    by: Actor,
  ): Promise<Result<SupervisionView, Refusal>>;
  /** The supervisor has the caller, and the agent is let go. */
  takeOver(callId: CallId, id: string, by: Actor): Promise<Result<undefined, Refusal>>;
  end(callId: CallId, id: string, by: Actor): Result<undefined, Refusal>;
}
