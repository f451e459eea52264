import { type Refusal, refusal } from '../../lib/errors.ts';
import { err, never, ok, type Result } from '../../lib/result.ts';
import { type AgentId, type CallId, type QueueId, recordingId } from '../../model/ids.ts';
import {
  type ConversationRecording,
  mayRecord,
  RECORDING_DEFAULT,
  type RecordingRule,
  recordsByRule,
} from '../../model/recording.ts';
import type { CallSession } from '../call-session.ts';
import { listenerAt, sayFeature } from '../desk/feature-voice.ts';
import type { Recorded } from '../ports/index.ts';
import type { Leg } from '../ports/phones.ts';
import type { FeaturePhrase } from '../ports/phrases.ts';
import type { RecordingAction, RecordingDesk } from '../ports/recordings.ts';
import { isElsewhere, speakersOf } from '../talk/talk.ts';
import type { World } from '../world.ts';
import { Notices } from './notice.ts';
import type { RecordingPart } from './part.ts';
import { Taping } from './taping.ts';

/** Longer conversations are recorded up to here. */
const RECORDING_MS_MAX = 4 * 3_600_000;

type Answer = Result<ConversationRecording, Refusal>;

/**
 * Records conversations as their queues say (P6), on the caller's leg: so it goes on through holds and transfers, in
 * one file, until the conversation is over.
 *
 *   queue's rule ──may record──▶ notice ──heard, or none is needed──▶ bridged ──▶ running ⇄ paused ──▶ kept, lost
 *                                  └──refused, cut off──▶ never, in this call
 *
 * Nothing here holds a call up but the notice, and nothing that fails here ends one.
 */
export class ConversationRecorder implements RecordingPart, RecordingDesk {
  readonly #world: World;
  readonly #notices: Notices;
  readonly #running = new Map<CallId, Taping>();
  /** What was recorded of callers whom somebody outside has now. */
  readonly #left = new WeakMap<CallSession, Taping>();

  constructor(world: World) {
    this.#world = world;
    this.#notices = new Notices(world);
  }

  // ---- What happens in a call ------------------------------------------------------------------------------

  beforeQueue(session: CallSession, queueId: QueueId, then: () => void): void {
    const told = this.#tell(session, queueId);
    if (!told) return then();
    void told.then(() =>
      this.#world.inbox.post(() => {
        if (session.stage === 'flow') then();
      }),
    );
  }

  hasNoticeFor(session: CallSession, queueId: QueueId): boolean {
    return this.#noticeFor(session, queueId) !== undefined;
  }

  beforeBridge(session: CallSession): Promise<void> | undefined {
    return this.#tell(session, session.queueId);
  }

  digit(session: CallSession, digit: string): boolean {
    return this.#notices.digit(session, digit);
  }

  keyed(session: CallSession, leg: Leg, agentId: AgentId): void {
    const running = this.#running.get(session.id);
    const action = !running ? 'start' : running.paused ? 'resume' : 'pause';
    void this.#steer(session.id, action, `agent ${agentId}`).then((done) => {
      if (!done.ok) this.#record(session, 'recording.notStarted', { why: done.error.code });
      // Of a pause everybody is told.
      if (!done.ok || action !== 'pause')
        void this.#say(session, agentId, leg, done.ok ? 'recording' : 'refused');
    });
  }

  /** In the agent's ear. */
  #say(session: CallSession, agentId: AgentId, leg: Leg, said: FeaturePhrase): Promise<void> {
    return sayFeature(this.#world, listenerAt(this.#world, session, leg, agentId), [said]);
  }

  connected(session: CallSession): void {
    const running = this.#running.get(session.id);
    const rule = this.#ruleOf(session.queueId);
    if (running && rule.mode === 'off') return running.stop('stopped');
    if (running || this.#left.has(session)) return this.speaking(session);
    if (!recordsByRule(rule, session.id)) return;
    const objection = this.#objection(session, rule);
    if (objection) this.#record(session, 'recording.notStarted', { why: objection });
    else void this.#start(session, rule, rule.mode === 'share' ? 'share' : 'all');
  }

  speaking(session: CallSession): void {
    const running = this.#running.get(session.id);
    if (!running) return this.#comesBack(session);
    if (isElsewhere(session)) return this.#leaves(session, running);
    for (const { agentId, leg } of speakersOf(session)) {
      if (running.speaks(agentId)) this.#write(session, running);
      // Nothing can be said to whoever hears the two who are bridged as a third: they are told when they are one of them.
      if (session.talk?.parties.third !== leg && running.tells(agentId))
        void this.#say(session, agentId, leg, 'recordingPaused');
    }
  }

  /** What is said among people of whom none is of the house is nobody's here. */
  #leaves(session: CallSession, running: Taping): void {
    this.#left.set(session, running);
    this.#running.delete(session.id);
    running.stop('ended');
  }

  /** Somebody of the house has them again: it goes on as it was, in another file. */
  #comesBack(session: CallSession): void {
    const left = this.#left.get(session);
    if (!left || speakersOf(session).length === 0) return;
    this.#left.delete(session);
    const rule = this.#ruleOf(session.queueId);
    if (rule.mode === 'off') return;
    void this.#start(session, rule, left.why).then((taping) => {
      if (taping && left.paused) void this.steer(session.id, 'pause', 'system');
    });
  }

  over(session: CallSession): void {
    this.#running.get(session.id)?.stop('ended');
  }

  secret(session: CallSession, on: boolean): void {
    const running = this.#running.get(session.id);
    if (!running) return;
    const at = this.#world.clock.now();
    const recordingIdIs = { recordingId: running.id, why: 'secret' };
    if (on) running.pause('secret', at);
    else if (!running.resume(true, at)) return;
    this.#record(session, on ? 'recording.paused' : 'recording.resumed', recordingIdIs);
  }

  // ---- What somebody asks for ------------------------------------------------------------------------------

  steer(callId: CallId, action: RecordingAction, by: string): Promise<Answer> {
    return new Promise((resolve) =>
      this.#world.inbox.post(() => resolve(this.#steer(callId, action, by))),
    );
  }

  async #steer(callId: CallId, action: RecordingAction, by: string): Promise<Answer> {
    const session = this.#world.sessions.get(callId);
    if (!session) return err(refusal('CALL_UNKNOWN', `There is no call in progress ${callId}.`));
    const running = this.#running.get(callId);
    if (action === 'start') return running ? ok(running.record()) : this.#wish(session, by);
    if (!running) return err(refusal('CALL_STATE', `Nothing of call ${callId} is recorded now.`));
    const at = this.#world.clock.now();
    const facts = { recordingId: running.id, why: 'request', by };
    switch (action) {
      case 'pause':
        if (running.paused) break;
        running.pause('request', at);
        this.#record(session, 'recording.paused', facts);
        this.speaking(session);
        break;
      case 'resume':
        if (running.resume(false, at)) this.#record(session, 'recording.resumed', facts);
        break;
      case 'stop':
        this.#record(session, 'recording.stopRequested', facts);
        running.stop('stopped');
        return ok(running.record({ ...(await running.tape.over), at }));
      default:
        return never(action);
    }
    this.#show(session, running);
    return ok(running.record());
  }

  async #wish(session: CallSession, by: string): Promise<Answer> {
    const rule = this.#ruleOf(session.queueId);
    if (session.stage !== 'talking' || isElsewhere(session))
      return err(refusal('CALL_STATE', 'Nobody of the house speaks with the caller.'));
    if (rule.mode === 'off')
      return err(refusal('RECORDING_REFUSED', 'The queue does not have its calls recorded.'));
    const objection = this.#objection(session, rule);
    if (objection) return err(refusal('RECORDING_REFUSED', OBJECTIONS[objection]));
    const taping = await this.#start(session, rule, 'onDemand', by);
    return taping
      ? ok(taping.record())
      : err(refusal('RECORDING_FAILED', 'It could not be written. The call goes on.'));
  }

  // ---- Notice ----------------------------------------------------------------------------------------------

  /** One notice a call is enough, whatever queues it goes through; a refusal holds to its end. */
  #tell(session: CallSession, queueId: QueueId | undefined): Promise<void> | undefined {
    const notice = this.#noticeFor(session, queueId);
    if (!notice || !session.leg) return undefined;
    return this.#notices.tell(session, notice).then((evidence) => {
      session.notice = evidence;
      const { result, ...facts } = evidence;
      this.#world.inbox.post(() => {
        this.#record(session, 'recording.notice', { result, ...facts });
        if (result === 'refused') this.#record(session, 'recording.refused', { key: facts.key });
      });
    });
  }

  #noticeFor(session: CallSession, queueId: QueueId | undefined): RecordingRule['notice'] {
    const rule = this.#ruleOf(queueId);
    const heard = session.notice && session.notice.result !== 'cut';
    return heard || !mayRecord(rule, session.id) ? undefined : rule.notice;
  }

  #objection({ notice }: CallSession, rule: RecordingRule): keyof typeof OBJECTIONS | undefined {
    if (notice?.result === 'refused') return 'refused';
    return rule.notice && notice?.result !== 'heard' ? 'notTold' : undefined;
  }

  // ---- Tape ------------------------------------------------------------------------------------------------

  async #start(
    session: CallSession,
    rule: RecordingRule,
    why: ConversationRecording['why'],
    by?: string,
  ): Promise<Taping | undefined> {
    const { clock, conversations, records } = this.#world;
    const { leg } = session;
    if (!leg) return undefined;
    session.recordings += 1;
    const id = recordingId(`${session.id}.r${session.recordings}`);
    const sides = rule.stereo ? 'stereo' : 'mixed';
    const startedAt = clock.now();
    const tape = leg.tape(conversations.begin(id), { sides, maxMs: RECORDING_MS_MAX });
    const taping = new Taping(id, session, tape, { why, stereo: rule.stereo, startedAt });
    for (const { agentId } of speakersOf(session)) taping.speaks(agentId);
    this.#running.set(session.id, taping);
    void tape.over.then((recorded) =>
      this.#world.inbox.post(() => this.#ended(session, taping, recorded)),
    );
    if (!(await tape.started)) return undefined;
    this.#world.inbox.post(() => {
      session.recordingIds.push(id);
      records.recording(taping.record());
      const { agentId } = session;
      const facts = { recordingId: id, why, stereo: rule.stereo, agentId, by };
      this.#record(session, 'recording.started', facts);
      this.#show(session, taping);
    });
    return taping;
  }

  #ended(session: CallSession, taping: Taping, recorded: Recorded): void {
    const { clock, records, conversations, log } = this.#world;
    if (this.#running.get(session.id) === taping) this.#running.delete(session.id);
    conversations.finished(taping.id);
    const started = session.recordingIds.includes(taping.id);
    // The caller was gone before it began: there was nothing to write down.
    if (!started && recorded.why === 'gone') return;
    const record = taping.record({ ...recorded, at: clock.now() });
    records.recording(record);
    const { durationMs, end, loss, agentIds } = record;
    const facts = { recordingId: taping.id, durationMs, end, loss, agentIds };
    this.#record(session, record.state === 'lost' ? 'recording.lost' : 'recording.stopped', facts);
    if (end === 'failed')
      log.error({ callId: session.id, recordingId: taping.id, durationMs }, 'A recording was lost');
    this.#show(session, this.#running.get(session.id));
  }

  /** Who may hear it goes by who spoke: also while it is being made. */
  #write({ recordingIds }: CallSession, running: Taping): void {
    if (recordingIds.includes(running.id)) this.#world.records.recording(running.record());
  }

  /** On the feed: that a call is recorded, or paused. */
  #show(session: CallSession, running: Taping | undefined): void {
    session.taped = running && { id: running.id, paused: running.paused };
    if (session.stage !== 'ended') this.#world.live.call(session);
  }

  #record(session: CallSession, type: string, data: Readonly<Record<string, unknown>>): void {
    const said = Object.entries(data).filter(([, value]) => value !== undefined);
    this.#world.history.record(session, type, Object.fromEntries(said));
  }

  #ruleOf(id: QueueId | undefined): RecordingRule {
    const queue = id && this.#world.directory?.queues.get(id);
    return (queue ? queue.recording : undefined) ?? RECORDING_DEFAULT;
  }
}

const OBJECTIONS = {
  refused: 'The caller does not want to be recorded.',
  notTold: 'The caller was not told that they may be recorded.',
} as const;
