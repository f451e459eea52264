import type { EpochMs } from '../../lib/clock.ts';
import type { Actor } from '../../model/access.ts';
import type { AgentId, OfferId } from '../../model/ids.ts';
import type { SupervisionMode, SupervisionView } from '../../model/supervision.ts';
import type { CallSession } from '../call-session.ts';
import type { CallerLeg } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';

/** The supervisor's own end of it: a phone that was rung, or one that dialled the code. */
export interface SupervisorEnd {
  hangup(): void;
}

/**
 * One supervisor at one conversation.
 *
 *   ringing ──answers──▶ on ⇄ (listen, whisper, barge) ──takes over──▶ has the caller (`talk/talks.ts`)
 *      └──────────────────┴── either goes, the agent changes, is told to ──▶ over
 */
export interface Watch {
  readonly id: string;
  readonly session: CallSession;
  readonly agentId: AgentId;
  /** The agent's part in the conversation. */
  readonly offerId: OfferId;
  readonly supervisor: string;
  /** The agent who sits at that phone. */
  readonly own: AgentId | undefined;
  readonly by: Actor;
  readonly since: EpochMs;
  mode: SupervisionMode;
  end: SupervisorEnd;
  leg?: CallerLeg;
  /** Where the agent speaks, and the supervisor listens. */
  target: Leg;
  /** They hear the conversation. */
  on: boolean;
  over: boolean;
  /** They are about to have the caller, or have them. */
  takeOver?: 'begun' | 'done' | undefined;
}

export const viewOf = ({ id, supervisor, mode, on, since }: Watch): SupervisionView => ({
  id,
  supervisor,
  mode,
  state: on ? 'on' : 'ringing',
  since,
});

/** Everybody would hear them, or the agent. */
export const isHeard = ({ mode, over }: Watch): boolean => !over && mode !== 'listen';
