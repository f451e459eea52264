import type { Command, Reply } from '../acd/commands.ts';
import type { Engine } from '../acd/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { CallOutcome, Cdr } from '../model/call.ts';
import type { CallId, OfferId } from '../model/ids.ts';
import type { CallHistory } from './call-history.ts';
import type { CallSession } from './call-session.ts';
import type { Directory } from './directory.ts';
import type { Inbox } from './inbox.ts';
import type { Journal } from './journal.ts';
import type { Live } from './live.ts';
import type {
  ConfigurationSource,
  ContactLookup,
  Phrases,
  PromptRenderer,
  RecordSink,
  Telephony,
} from './ports.ts';

/** Where commands are written down before they take effect, and what is known of calls in progress. */
export type CommandLog = Pick<Journal, 'append' | 'keep' | 'drop'>;

/** What the shell is given. */
export interface CallCenterOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly engine: Engine;
  readonly journal: CommandLog;
  readonly telephony: Telephony;
  readonly records: RecordSink;
  readonly contacts: ContactLookup;
  readonly prompts: PromptRenderer;
  readonly phrases: Phrases;
  readonly configuration: ConfigurationSource;
  /** A rule of our own was broken: crash in tests, count and go on in production. */
  onBroken(error: unknown): void;
}

/** What the parts of the shell share. Only the call center changes `directory`. */
export interface World extends CallCenterOptions {
  readonly sessions: Map<CallId, CallSession>;
  readonly offers: Map<OfferId, CallSession>;
  readonly inbox: Inbox;
  readonly live: Live;
  readonly history: CallHistory;
  directory: Directory | undefined;
  /** Tells the engine, and carries out what comes of it. */
  command(command: Command): Reply;
  /** The one end of every call; the first reason given counts. */
  finish(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void;
  /** Hangs up the caller and finishes the call. */
  hangup(session: CallSession, outcome: CallOutcome): void;
}
