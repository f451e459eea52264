import type { AccuracyView as EwtAccuracy } from '../acd/accuracy.ts';
import type { Change } from '../acd/changes.ts';
import type { Command, Reply } from '../acd/commands.ts';
import type { CallbackView, AgentView as EngineAgentView, QueueView } from '../acd/views.ts';
import type { RequestAnswer, RequestOrder } from '../ivr/vocabulary.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { AgentConfig, AgentStateRecord } from '../model/agent.ts';
import type { CalendarConfig, Closure } from '../model/calendar.ts';
import type { CallContext, CallEvent, Cdr, LegIdentity, PastCall } from '../model/call.ts';
import type { CallbackOutcome, DialFailure } from '../model/callback.ts';
import type { KnownCaller, Language } from '../model/contact.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type {
  AgentId,
  CalendarId,
  CallbackId,
  CallId,
  FlowId,
  OfferId,
  QueueId,
  RecordingId,
  TrunkId,
  VoicemailId,
} from '../model/ids.ts';
import type { LedgerView } from '../model/ledger.ts';
import type { NumberConfig } from '../model/number.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Disposition, NotReadyReason } from '../model/reasons.ts';
import type { ConversationRecording } from '../model/recording.ts';
import type { SupervisionView } from '../model/supervision.ts';
import type { DiallingRules, TrunkWithSecret } from '../model/trunk.ts';
import type { Utterance } from '../model/utterance.ts';
import type { StoredVoicemail, Voicemail } from '../model/voicemail.ts';
import type { AudioSink, LiveAudio } from './ports.hearing.ts';
import type { ArrivalFacts } from './ports.outside.ts';
import type { FeaturePhrase } from './ports.phrases.ts';
import type { Recorded, RecordOptions, Tape, TapeOptions } from './ports.recordings.ts';

export type { Change, Command, Reply, RequestAnswer, RequestOrder };

// ---- Configuration and records (served by store) --------------------------------------------------

/** A flow as its author wrote it; `ivr` parses and validates it. */
export interface FlowDocument {
  readonly id: FlowId;
  readonly version: number;
  readonly document: unknown;
}

/** The whole configuration, read at the start and after each change. */
export interface Configuration {
  readonly numbers: readonly NumberConfig[];
  readonly flows: readonly FlowDocument[];
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
  readonly calendars: readonly CalendarConfig[];
  /** What agents may say about conversations. Absent: nothing in particular. */
  readonly dispositions?: readonly Disposition[];
  /** Why agents may be not ready. Absent: nothing in particular. */
  readonly notReadyReasons?: readonly NotReadyReason[];
  readonly trunks?: readonly TrunkWithSecret[];
  /** Absent: nobody has said; what the environment says holds. */
  readonly dialling?: DiallingRules;
}

export interface ConfigurationSource {
  load(): Promise<Configuration>;
}

/** Takes records without ever making the caller wait: batches, and keeps them on disk while the database is away. */
export interface RecordSink {
  event(event: CallEvent): void;
  cdr(cdr: Cdr): void;
  agentState(record: AgentStateRecord): void;
  voicemail(voicemail: Voicemail): void;
  /** Told at the beginning and at the end of each; the later one counts. */
  recording(recording: ConversationRecording): void;
  /** Everything accepted so far is in the database, or on disk. */
  flush(): Promise<void>;
}

/** Looks a caller up. Implementations answer from memory or within their own time limit, and never throw. */
export interface ContactLookup {
  byNumber(e164: string): Promise<KnownCaller | undefined>;
}

/** What is remembered of a caller. Implementations answer within their own time limit, and never throw. */
export interface CallMemory {
  /** The last calls from the number, or from any other of its owner's; the newest first. */
  recentCalls(e164: string): Promise<readonly PastCall[]>;
}

/** Accounts with a PIN, which callers prove themselves by. Methods reject when nobody can say. */
export interface Accounts {
  /** The owner of the account, if that is its PIN. An unknown account takes as long as a wrong PIN. */
  ownerOf(account: string, pin: string): Promise<KnownCaller | undefined>;
}

/** Who guesses too often waits, from whatever number they call, and whether there is such an account or not. */
export interface AttemptCounter {
  /** Counts an attempt before it is made. False: the account is locked. */
  take(account: string): Promise<boolean>;
  /** It was the right PIN: whatever was counted is forgotten. */
  clear(account: string): Promise<void>;
}

export interface Verifier {
  /** Never rejects. */
  verify(
    account: string,
    pin: string,
    /** In which it was said. */
    callId: CallId,
  ): Promise<
    | { readonly result: 'verified'; readonly caller: KnownCaller }
    | { readonly result: 'failed' | 'locked' | 'unavailable' }
  >;
}

/** One SIP address of record with one place to reach it (RFC 3261 section 10). */
export interface Binding {
  readonly extension: string;
  /** The Contact URI as registered. */
  readonly contactUri: string;
  /** Where the REGISTER came from: `host:port`, and the transport it came by. */
  readonly receivedFrom: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly callId: string;
  readonly cseq: number;
  readonly userAgent: string;
  /** 0 to 1, RFC 3261 section 20.10. */
  readonly q: number;
  readonly expiresAt: EpochMs;
}

export interface BindingStore {
  all(): Promise<readonly Binding[]>;
  /** Replaces every binding of the extension. */
  replace(extension: string, bindings: readonly Binding[]): Promise<void>;
}

/** What a phone proves itself with. HA1 is the digest of user:realm:password (RFC 7616 section 3.4.2). */
export interface SipCredentials {
  readonly extension: string;
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

export interface CredentialStore {
  find(extension: string): Promise<SipCredentials | undefined>;
}

/** Where an extension's phones can be reached now, best first (served by registrar). */
export interface BindingLookup {
  bindingsOf(extension: string): readonly Binding[];
}

/** Says what is wrong with a flow before it goes live; empty: it can be published. */
export interface FlowChecker {
  /** The JSON Schema of a flow, for editors. */
  readonly schema: object;
  check(document: unknown, known: KnownToFlows, id?: FlowId): readonly string[];
}

/** What a flow may name. */
export interface KnownToFlows {
  readonly queueIds: readonly string[];
  readonly calendarIds: readonly string[];
  /** As they are live: what a subflow may go into. */
  readonly flows: readonly FlowDocument[];
}

/** Calendars, closed and opened by phone. */
export interface CalendarClosures {
  /** False for a wrong PIN, and for a calendar that has none. Rejects when nobody can say. */
  verifyPin(id: CalendarId, pin: string): Promise<boolean>;
  /** Takes effect before it resolves; undefined lifts it. */
  setClosure(id: CalendarId, closure: Closure | undefined): Promise<Result<unknown, Refusal>>;
}

// ---- The company's own systems (served by data) -----------------------------------------------------

export interface FlowRequests {
  /** Asks, within the order's limit. Never rejects; after `signal` nobody listens any more. */
  send(order: RequestOrder, signal: AbortSignal): Promise<RequestAnswer>;
}

/** A CRM's answer. Not known: it could not be asked, and nothing usable is in memory. */
export type CrmAnswer =
  | { readonly known: true; readonly value: KnownCaller | undefined }
  | { readonly known: false };

export interface Crm extends Accounts {
  /** Within its own time limit; never rejects. */
  byNumber(e164: string): Promise<CrmAnswer>;
}

/** Has what a flow says spoken before it goes live, so that no caller waits for a voice. */
export interface FlowPreparer {
  /** Resolves when all is spoken, or the time for it is over: what is late is spoken meanwhile. Never rejects. */
  prepare(document: unknown, known: KnownToFlows, id: FlowId): Promise<PreparedPrompts>;
}

/** Sentences that were made, were there, could not be made; `late`: some are still being made. */
export interface PreparedPrompts {
  readonly rendered: number;
  readonly cached: number;
  readonly failed: number;
  readonly late: boolean;
}

// ---- Speech ---------------------------------------------------------------------------------------

/** Turns text into sound files that the media server can play: paths or URLs of WAV files, 16 bit mono. */
export interface PromptRenderer {
  /** What to play, one after the other: an uploaded recording, the whole sentence, or pieces of it. */
  say(utterance: Utterance): Promise<readonly string[]>;
  /** One sentence of ours, in one file. Cached by content. */
  render(text: string, language: Language): Promise<string>;
  /** Has made what may soon be said to somebody. Never rejects, and nobody waits for it. */
  prepare(utterances: readonly Utterance[]): void;
  /** A named recording or piece of music; uploaded ones may be different in each language. */
  audio(name: string, language?: Language): string | undefined;
}

/**
 * What is said around a call back. To the `agent`: whom they are about to speak with, by name if it is known · to the
 * customer: to press 1 (`confirm`), that an agent comes (`connecting`).
 */
export type CallbackPhrase = 'agent' | 'confirm' | 'connecting';

/** The system's own sentences, from the catalogue of the language (served by speech). */
export interface Phrases {
  feature(phrase: FeaturePhrase, language: Language): string;
  /** Where the caller stands; position 1 is the next to be served. */
  queuePosition(position: number, language: Language): Utterance;
  /** How long it may still take, between two milliseconds. */
  queueWait(fromMs: number, toMs: number, language: Language): Utterance;
  /** The wait has become longer than what the caller was told before. */
  queueLonger(language: Language): string;
  /** Said when there is nothing else to say. */
  queueThanks(language: Language): string;
  callback(phrase: CallbackPhrase, language: Language, name?: string): string;
  /** What an agent is told of a call before they are joined, sentence by sentence. */
  arrival(facts: ArrivalFacts, language: Language): readonly Utterance[];
}

// ---- Telephony ------------------------------------------------------------------------------------

/** Where recordings are written, and found: a folder that the media servers and we share. */
export interface RecordingFolder {
  /** An absolute path below the data folder. */
  fileOf(recordingId: string): string;
  /** Soon; one that is not there is as good as removed. */
  remove(recordingId: string): void;
}

/** Why a leg could not be had, or ended. */
export type LegFailure = 'rejected' | 'busy' | 'unreachable' | 'noAnswer' | 'cancelled' | 'media';

export type { Recorded, RecordOptions };

/** A caller's leg, answered and parked on a media server. Methods never throw: a dead leg answers nothing. */
export interface CallerLeg {
  readonly callId: CallId;
  readonly identity: LegIdentity;
  /** Plays the files one after the other; resolves when they are over or were stopped. */
  play(files: readonly string[]): Promise<'played' | 'stopped'>;
  /** Plays the file again and again until stopped. What is played meanwhile is heard instead, and then it goes on. */
  playEndlessly(file: string): void;
  stopPlaying(): void;
  /**
   * Writes what the caller says to a WAV file at an absolute path, until a key (which is told to nobody else),
   * silence, the limit, `stopRecording` or the caller's end. The file appears whole under its name, or not at all.
   * One recording at a time: a second one stops the first.
   */
  record(file: string, options: RecordOptions): Promise<Recorded>;
  stopRecording(): void;
  /** Writes what both sides say to a WAV file, whatever the leg does meanwhile. Several at a time do not meet. */
  tape(file: string, options: TapeOptions): Tape;
  /** Between on and off, what is recorded of the leg is silence: a key in the audio is heard like any other sound. */
  secret(on: boolean): void;
  /** Gives what the caller says, live, at that rate. Nothing is given before the call returns. */
  hear(sampleRate: number, sink: AudioSink): LiveAudio;
  hangup(): void;
}

/** An agent's leg. What it plays is heard by the agent alone, as for {@link CallerLeg}. */
export interface AgentLeg {
  readonly agentId: AgentId;
  readonly identity: LegIdentity;
  play(files: readonly string[]): Promise<'played' | 'stopped'>;
  playEndlessly(file: string): void;
  stopPlaying(): void;
  hangup(): void;
}

export interface InboundCall {
  readonly callId: CallId;
  readonly sipCallId: string;
  /** The user part of the request URI. */
  readonly dnis: string;
  /** As the trunk sent it; absent when the caller withholds it (RFC 3323). */
  readonly ani?: string;
  readonly displayName?: string;
  /** The trunk that it came by. */
  readonly trunkId?: TrunkId;
  /** Set when an authenticated phone of ours calls: its extension. */
  readonly fromExtension?: string;
}

/** What telephony tells the runtime. */
export interface TelephonyListener {
  /**
   * A new call. The runtime says whether it will have it; it is then answered and parked.
   * A refusal is the SIP status to send.
   */
  arrived(
    call: InboundCall,
  ): { readonly accept: true } | { readonly accept: false; readonly status: number };
  answered(leg: CallerLeg): void;
  digit(callId: CallId, digit: string): void;
  /** More keys come than a person can press, and are dropped; told once a call. */
  keysFlooded(callId: CallId): void;
  /** The caller's leg is over, before or after it was answered. */
  callerGone(callId: CallId, why: 'hungup' | 'media' | 'cancelled'): void;
  agentAnswered(offerId: OfferId, leg: AgentLeg): void;
  agentFailed(offerId: OfferId, cause: LegFailure): void;
  /** The agent hung up, or their leg died, after having answered. */
  agentGone(offerId: OfferId): void;
}

/** How an agent's phone is made to ring. */
export interface RingRequest {
  readonly offerId: OfferId;
  readonly callId: CallId;
  /** Nobody's leg is there yet: the agent is rung first, and the customer afterwards. */
  readonly alone?: true;
  readonly agentId: AgentId;
  readonly extension: string;
  /** Shown on the phone: who is calling and why (P3). */
  readonly displayName: string;
  readonly callerNumber: string;
  /** Sent as `X-Centralita-…` headers: queue, intent, status, call id. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What we may call: through the trunk, or a phone that is registered with us. */
export type Destination =
  /** E.164. */
  | { readonly kind: 'number'; readonly number: string }
  /** `sip:user@host`, sent to the trunk, which finds the way. */
  | { readonly kind: 'sip'; readonly uri: string }
  | { readonly kind: 'extension'; readonly extension: string };

/** A call that we place. Whether it may be placed is the runtime's affair (`outbound.ts`). */
export interface DialRequest {
  /** What the leg is known by. */
  readonly callId: CallId;
  readonly to: Destination;
  /** Whom it will speak with: both must be on one media server. */
  readonly near?: CallerLeg | AgentLeg;
  /** Who calls: on the display of a phone of the house; a trunk shows the number only where its rules let it. */
  readonly displayName?: string;
  readonly callerNumber?: string;
  /** The number of ours that the customer had called: a trunk may show it instead of its own. */
  readonly calledNumber?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Rings no longer than this; then `noAnswer`. */
  readonly ringMsMax: number;
}

/** What becomes of it: `answered` and then `gone`, or `failed`; after `hangup` nothing. */
export interface DialEvents {
  ringing(): void;
  answered(leg: CallerLeg): void;
  failed(cause: DialFailure): void;
  gone(): void;
  digit(digit: string): void;
  /** Nothing is left of it, whoever ended it; after `hangup` too. */
  over?(): void;
}

export interface Dialling {
  /** The Call-ID of the INVITE. */
  readonly sipCallId: string;
  /** CANCEL or BYE, at once. No event follows. Idempotent. */
  hangup(): void;
}

export interface Telephony {
  /** Calls somebody. Never throws; what cannot be done is told by `failed`, later. */
  dial(request: DialRequest, events: DialEvents): Dialling;
  /** Rings every binding of the agent; ends in exactly one `agentAnswered` or `agentFailed`. */
  ring(request: RingRequest): void;
  /** Stops a ringing leg, or hangs up one that has just answered. Idempotent. */
  cancelRing(offerId: OfferId): void;
  /** Lets the two hear each other. False: one of the legs is gone. */
  bridge(one: CallerLeg | AgentLeg, other: CallerLeg | AgentLeg): Promise<boolean>;
}

// ---- What the operators' adapters see ---------------------------------------------------------------

export type { CallbackView, EwtAccuracy, QueueView };

export interface AgentView extends EngineAgentView {
  /** The extension of another's phone, where they sit now. */
  readonly phone?: string;
}

export type CallStage = 'arriving' | 'flow' | 'queued' | 'offered' | 'talking' | 'parked' | 'ended';

export interface CallView {
  readonly id: CallId;
  readonly stage: CallStage;
  readonly arrivedAt: EpochMs;
  readonly context: CallContext;
  readonly queueId?: QueueId;
  readonly queuedAt?: EpochMs;
  readonly position?: number;
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

/** The one way from `api` and `feed` to the engine. */
export interface Control {
  submit(command: Command): Reply;
  snapshot(): Snapshot;
  /** Undefined: no such agent, or they have no limits. */
  ledger(id: AgentId): LedgerView | undefined;
  /** Returns the way to stop listening. */
  subscribe(listener: (change: LiveChange) => void): () => void;
  /** Reads the configuration again; the errors of what cannot work, and then nothing has changed. */
  reload(): Promise<readonly string[]>;
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

/** Says what in the stored configuration cannot work. */
export interface Linter {
  lint(figures: LintFigures): Promise<readonly Finding[]>;
  /** The same of a configuration that is not stored. Errors: it cannot be had. */
  check(configuration: Configuration, figures?: LintFigures): Promise<readonly Finding[]>;
}

/**
 * What was found to be otherwise than we believed, and mended: legs and conversations that were over, calls that only
 * the engine or only telephony had, dialogs whose far end is gone, channels that one side had and the other had not.
 */
export type Repair =
  | 'lostCaller'
  | 'lostAgent'
  | 'forgottenCall'
  | 'orphanLeg'
  | 'deadDialog'
  | 'lostChannel'
  | 'zombieChannel';

/** What telephony really has (served by telephony). */
export interface LegTruth {
  /** Undefined: it is no leg of telephony's own. */
  isAlive(leg: CallerLeg | AgentLeg): boolean | undefined;
  /** Callers' legs that there are. */
  callerLegs(): readonly CallId[];
  hangupLeg(callId: CallId): void;
}

/** Counts what no record tells (served by reporting). */
export interface Meters {
  /** A call of ours is over: how, and what it was placed for. */
  dialled(purpose: string, result: DialFailure | 'answered' | 'cancelled'): void;
  callbackEnded(queueId: QueueId, outcome: CallbackOutcome): void;
  /** `failed`: it could not be written, or not to its end. */
  voicemail(result: 'kept' | 'tooShort' | 'failed'): void;
  repaired?(what: Repair): void;
}

/** Whether a part of the house is well, for /readyz. */
export interface HealthCheck {
  readonly name: string;
  check(): Promise<{ readonly ok: boolean; readonly detail?: string }>;
}
