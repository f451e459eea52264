import { optional } from '../../lib/optional.ts';
import { voicemailId } from '../../model/ids.ts';
import type { Voicemail } from '../../model/voicemail.ts';
import type { CallSession } from '../call-session.ts';
import type { FlowRecording } from '../flow/recording.ts';
import type { World } from '../world.ts';

/**
 * What callers say after the tone. A message is kept when the call is over, however it ends, so that a caller who hangs
 * up in the midst of it, or of what they are asked about it, has left it; one that is recorded again replaces it.
 */
export class Messages {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A recording is over: perhaps of a message, perhaps of a call that is over itself. */
  recorded(session: CallSession, recording: FlowRecording): void {
    const { about, durationMs, soundMs = durationMs, file, recordingId } = recording;
    if (about.kind !== 'voicemail') return;
    const { meters, recordings } = this.#world;
    if (soundMs < Number(about.minMs ?? 0)) {
      if (durationMs > 0) recordings.remove(recordingId);
      meters?.voicemail(recording.why === 'failed' ? 'failed' : 'tooShort');
      return;
    }
    // Of another node: it is no second take of that one.
    this.keep(session);
    session.message = { recordingId, file, durationMs, about };
    if (session.stage === 'ended') this.keep(session);
  }

  /** The file of the message that is not kept yet. */
  filesOf({ message }: CallSession): readonly string[] {
    return message ? [message.file] : [];
  }

  /** It will be recorded again. */
  discard(session: CallSession): void {
    if (session.message) this.#world.recordings.remove(session.message.recordingId);
    session.message = undefined;
  }

  keep(session: CallSession): void {
    const { message, context } = session;
    if (!message) return;
    session.message = undefined;
    session.leftMessage = true;
    const { clock, records, history, meters, live } = this.#world;
    const { queueId, agentId } = message.about;
    const voicemail: Voicemail = {
      id: voicemailId(message.recordingId),
      callId: session.id,
      at: clock.now(),
      durationMs: message.durationMs,
      dnis: context.dnis,
      language: context.language,
      ...optional('ani', context.ani),
      ...optional('contactId', context.contactId),
      ...optional('callerName', context.name),
      ...optional('queueId', (queueId as Voicemail['queueId']) ?? session.queueId),
      ...optional('agentId', agentId as Voicemail['agentId']),
    };
    records.voicemail(voicemail);
    live.messages.changed({ ...voicemail, state: 'new', revision: 1 });
    meters?.voicemail('kept');
    history.record(session, 'voicemail.left', {
      voicemailId: voicemail.id,
      durationMs: voicemail.durationMs,
      ...optional('queueId', voicemail.queueId),
      ...optional('agentId', voicemail.agentId),
    });
  }
}
