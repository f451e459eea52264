import type { AgentId, QueueId } from '../../model/ids.ts';
import type { CallSession } from '../call-session.ts';
import type { Leg } from '../ports/phones.ts';

/** What the rest of the shell tells whoever records conversations. */
export interface RecordingPart {
  /** The caller hears what has to be said before they wait in the queue; `then`, an input, follows. */
  beforeQueue(session: CallSession, queueId: QueueId, then: () => void): void;
  /** Something has to be said to the caller before they wait in the queue. */
  hasNoticeFor(session: CallSession, queueId: QueueId): boolean;
  /** Undefined: nothing has to be said, and the two can be joined at once. */
  beforeBridge(session: CallSession): Promise<void> | undefined;
  /** True: the key was for the notice. */
  digit(session: CallSession, digit: string): boolean;
  /** The agent's key: it begins where it may, pauses, and goes on; the leg it was pressed at is told which. */
  keyed(session: CallSession, leg: Leg, agentId: AgentId): void;
  /** The caller and somebody of the house hear each other. */
  connected(session: CallSession): void;
  /** Somebody else may be in the conversation: they are in the recording, and all who do not know of a pause are told. */
  speaking(session: CallSession): void;
  /** Nobody of the house speaks with the caller any more, and nobody will. */
  over(session: CallSession): void;
  /** Secret digits are typed: the leg is silent in the recording by itself, and this is the record of it. */
  secret(session: CallSession, on: boolean): void;
}
