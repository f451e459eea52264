import type { EpochMs } from '../lib/clock.ts';
import type { AgentId, CallId, OfferId, QueueId } from './ids.ts';

/** Skill name to level, 1 (beginner) to 10 (expert). */
export type Skills = Readonly<Record<string, number>>;

/** Who answers. The extension is also the SIP user name of the agent's phone. */
export interface AgentConfig {
  readonly id: AgentId;
  readonly name: string;
  readonly extension: string;
  readonly skills: Skills;
  readonly queueIds: readonly QueueId[];
}

/**
 * What an agent is doing (D11). Every state but `offline`, `ready` and `notReady` has a deadline or an owner:
 * `offered` ends at the offer's deadline, `talking` with the call, `wrapUp` at its deadline.
 */
export type AgentState =
  | { readonly kind: 'offline'; readonly since: EpochMs }
  | { readonly kind: 'ready'; readonly since: EpochMs }
  | { readonly kind: 'notReady'; readonly since: EpochMs; readonly reason: string }
  | {
      readonly kind: 'offered';
      readonly since: EpochMs;
      readonly offerId: OfferId;
      readonly callId: CallId;
    }
  | { readonly kind: 'talking'; readonly since: EpochMs; readonly callId: CallId }
  | {
      readonly kind: 'wrapUp';
      readonly since: EpochMs;
      readonly until: EpochMs;
      readonly callId: CallId;
    };

export type AgentStateKind = AgentState['kind'];
