import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentId, QueueId, VoicemailId } from '../../model/ids.ts';
import type { StoredVoicemail, VoicemailState } from '../../model/voicemail.ts';
import type { Decide, Page, RecordsRequest } from './lists.ts';

// What callers left for somebody to listen to.

/** Every filter narrows. */
export interface VoicemailFilter {
  /** Only messages for these agents, and for nobody in particular. */
  readonly within?: readonly AgentId[];
  readonly state?: VoicemailState;
  readonly queueId?: QueueId;
  readonly agentId?: AgentId;
}

/** What may be changed about a message; null: nobody's. */
export interface VoicemailChange {
  readonly state?: VoicemailState;
  readonly queueId?: QueueId | null;
  readonly agentId?: AgentId | null;
}

/** Newest first. The sound is a file, which is whoever's who deletes the message. */
export interface VoicemailRepository {
  list(
    filter: VoicemailFilter,
    request: RecordsRequest,
  ): Promise<Result<Page<StoredVoicemail>, Refusal>>;
  get(id: VoicemailId): Promise<StoredVoicemail | undefined>;
  /** Undefined: there is no such message. */
  change(
    id: VoicemailId,
    decide: Decide<StoredVoicemail, VoicemailChange>,
  ): Promise<StoredVoicemail | undefined>;
  /** False: there was none. */
  remove(id: VoicemailId, demand: Decide<StoredVoicemail, void>): Promise<boolean>;
  /** Of messages older than that, which are gone then: at most 1,000 of them. */
  expire(before: EpochMs): Promise<readonly VoicemailId[]>;
}
