import type { AccuracyView as EwtAccuracy } from '../../acd/accuracy.ts';
import type { Change } from '../../acd/changes.ts';
import type { Command, Reply } from '../../acd/commands.ts';
import type { CallbackView, AgentView as EngineAgentView, QueueView } from '../../acd/views.ts';
import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { CallContext, CallStage } from '../../model/call.ts';
import type { Explanation } from '../../model/explanation.ts';
import type {
  AgentId,
  CallbackId,
  CallId,
  QueueId,
  RecordingId,
  VoicemailId,
} from '../../model/ids.ts';
import type { LedgerView } from '../../model/ledger.ts';
import type { SupervisionView } from '../../model/supervision.ts';
import type { StoredVoicemail } from '../../model/voicemail.ts';

export type { CallbackView, Change, Command, EwtAccuracy, QueueView, Reply };

export interface AgentView extends EngineAgentView {
  /** The extension of another's phone, where they sit now. */
  readonly phone?: string;
}

export interface CallView {
  readonly id: CallId;
  readonly stage: CallStage;
  readonly arrivedAt: EpochMs;
  readonly context: CallContext;
  readonly queueId?: QueueId;
  readonly queuedAt?: EpochMs;
  readonly position?: number;
  /** While it waits. */
  readonly priority?: number;
  readonly agentId?: AgentId;
  /** The conversation is being recorded; `paused`: silence is, for the moment. */
  readonly recording?: { readonly id: RecordingId; readonly paused: boolean };
  /** Present when several phones ring for it. */
  readonly ringing?: readonly AgentId[];
  /** Supervisors who listen. */
  readonly supervisions?: readonly SupervisionView[];
}

export interface Snapshot {
  /** The number of the last change that this snapshot contains. */
  readonly seq: number;
  readonly at: EpochMs;
  readonly agents: readonly AgentView[];
  readonly queues: readonly QueueView[];
  readonly calls: readonly CallView[];
  readonly callbacks: readonly CallbackView[];
  /** Callers' messages that nobody has handled, the newest last; the newest hundreds of them. */
  readonly messages: readonly StoredVoicemail[];
}

/** One numbered step of the live state, as the feed sends it: the new view of what changed. */
export type LiveChange = { readonly seq: number; readonly at: EpochMs } & (
  | { readonly topic: 'agents'; readonly agent: AgentView }
  | { readonly topic: 'agents'; readonly goneId: AgentId }
  | { readonly topic: 'queues'; readonly queue: QueueView }
  | { readonly topic: 'queues'; readonly goneId: QueueId }
  | { readonly topic: 'calls'; readonly call: CallView }
  /** Who wait in the queue, by position, call backs among them: the first 200. Told at most twice a second. */
  | { readonly topic: 'calls'; readonly queueId: QueueId; readonly line: readonly CallId[] }
  | { readonly topic: 'callbacks'; readonly callback: CallbackView }
  | { readonly topic: 'callbacks'; readonly goneId: CallbackId }
  | { readonly topic: 'messages'; readonly message: StoredVoicemail }
  | { readonly topic: 'messages'; readonly goneId: VoicemailId }
);

/** The floor as it is now. Each part is made for whoever asks: nobody pays for what they do not look at. */
export interface FloorView {
  readonly agents: readonly AgentView[];
  readonly queues: readonly QueueView[];
  readonly calls: readonly CallView[];
  readonly callbacks: readonly CallbackView[];
  /** One of them, without a look at the others. Undefined: it is over, or never was. */
  agent(id: AgentId): AgentView | undefined;
  queue(id: QueueId): QueueView | undefined;
  call(id: CallId): CallView | undefined;
  callback(id: CallbackId): CallbackView | undefined;
  /** All of it, of one moment. */
  snapshot(): Snapshot;
}

/** The one way from `api` and `feed` to the engine. */
export interface Control extends FloorView {
  submit(command: Command): Reply;
  /** Undefined: no such agent, or they have no limits. */
  ledger(id: AgentId): LedgerView | undefined;
  /** Returns the way to stop listening. */
  subscribe(listener: (change: LiveChange) => void): () => void;
  /** Reads the configuration again; the errors of what cannot work, and then nothing has changed. */
  reload(): Promise<readonly string[]>;
  /** What `reload` would find wrong; whatever it finds, nothing takes effect. */
  objections(): Promise<readonly string[]>;
  /** Ends a call. False: no such call. */
  hangup(callId: CallId): boolean;
}

/** Says why a call was served as it was, from the journal. */
export interface Explainer {
  /** Which call, and when it was in the house: `until` is absent while it still is. EXPLANATION_GONE, OVERLOADED. */
  explain(call: {
    readonly callId: CallId;
    readonly from: EpochMs;
    readonly until?: EpochMs;
  }): Promise<Result<Explanation, Refusal>>;
}
