import type { EpochMs } from '../../lib/clock.ts';
import { optional } from '../../lib/optional.ts';
import type { AgentId, RecordingId } from '../../model/ids.ts';
import type {
  ConversationRecording,
  PauseReason,
  RecordingEnd,
  RecordingPause,
} from '../../model/recording.ts';
import type { CallSession } from '../call-session.ts';
import type { Recorded } from '../ports/index.ts';
import type { Tape } from '../ports/recordings.ts';

/** In words, for whoever misses what they look for. */
const LOSSES = {
  unwritten: 'It could not be written: the disk is full, or the folder does not take it.',
  cut: 'It could not be written to its end: the disk is full, or the media server gave way.',
} as const;

/** One recording, from the wish to the file. */
export class Taping {
  readonly id: RecordingId;
  readonly tape: Tape;
  readonly #session: CallSession;
  readonly #facts: Pick<ConversationRecording, 'why' | 'stereo' | 'startedAt'>;
  readonly #agentIds: AgentId[] = [];
  /** Who knows of the pause that lasts. */
  readonly #told = new Set<AgentId>();
  readonly #pauses: { from: EpochMs; to?: EpochMs; why: PauseReason }[] = [];
  /** Why it is over, if we ended it. */
  end: RecordingEnd | undefined;

  constructor(
    id: RecordingId,
    session: CallSession,
    tape: Tape,
    facts: Pick<ConversationRecording, 'why' | 'stereo' | 'startedAt'>,
  ) {
    this.id = id;
    this.tape = tape;
    this.#session = session;
    this.#facts = facts;
  }

  get why(): ConversationRecording['why'] {
    return this.#facts.why;
  }

  /** True: they had not spoken before. */
  speaks(agentId: AgentId): boolean {
    if (this.#agentIds.includes(agentId)) return false;
    this.#agentIds.push(agentId);
    return true;
  }

  /** True: they do not know yet that it is paused. */
  tells(agentId: AgentId): boolean {
    if (!this.paused || this.#told.has(agentId)) return false;
    this.#told.add(agentId);
    return true;
  }

  /** Whether somebody has asked for silence; secrets are another matter. */
  get paused(): boolean {
    return this.#pauses.some(({ why, to }) => why !== 'secret' && to === undefined);
  }

  pause(why: PauseReason, at: EpochMs): void {
    if (why !== 'secret') this.tape.pause(true);
    if (!this.paused) this.#told.clear();
    this.#pauses.push({ why, from: at });
  }

  /** False: there was nothing to go on from. */
  resume(secret: boolean, at: EpochMs): boolean {
    const open = this.#pauses.find(
      ({ why, to }) => to === undefined && (why === 'secret') === secret,
    );
    if (!open) return false;
    if (!secret) this.tape.pause(false);
    open.to = at;
    return true;
  }

  stop(end: RecordingEnd): void {
    this.end ??= end;
    this.tape.stop();
  }

  /** As it is now, or as it has ended. */
  record(ended?: Recorded & { readonly at: EpochMs }): ConversationRecording {
    const { context, queueId, notice } = this.#session;
    return {
      id: this.id,
      callId: this.#session.id,
      ...this.#facts,
      state: 'running',
      agentIds: [...this.#agentIds],
      pauses: this.#pauses.map((pause): RecordingPause => ({ ...pause })),
      ...optional('queueId', queueId),
      ...optional('ani', context.ani),
      ...optional('contactId', context.contactId),
      ...optional('notice', notice),
      ...(ended ? this.#ending(ended) : {}),
    };
  }

  #ending({ at, durationMs, why }: Recorded & { readonly at: EpochMs }) {
    const end = why === 'failed' || why === 'limit' ? why : (this.end ?? 'ended');
    const loss = why !== 'failed' ? undefined : durationMs > 0 ? LOSSES.cut : LOSSES.unwritten;
    return {
      state: durationMs > 0 ? ('kept' as const) : ('lost' as const),
      endedAt: at,
      durationMs,
      end,
      ...optional('loss', loss ?? (durationMs > 0 ? undefined : 'There is nothing in it.')),
    };
  }
}
