import type { Command, Reply } from '../acd/commands.ts';
import type { Applied } from '../acd/engine.ts';
import type { FlowEvent } from '../ivr/vocabulary.ts';
import type { EpochMs } from '../lib/clock.ts';
import type { CallOutcome, Cdr } from '../model/call.ts';
import type { CallId, OfferId } from '../model/ids.ts';
import type { CallHistory } from './call-history.ts';
import type { CallSession } from './call-session.ts';
import type { Desks } from './desk/desks.ts';
import type { Dispositions } from './desk/dispositions.ts';
import type { Directory } from './directory.ts';
import type { FlowMemory } from './flow/memory.ts';
import type { Inbox } from './inbox.ts';
import type { Live } from './live.ts';
import type { CallCenterOptions } from './options.ts';
import type { Outbound } from './outbound/outbound.ts';
import type { AgentLeg } from './ports/index.ts';
import type { Coming } from './ports/outside.ts';
import type { Leg } from './ports/phones.ts';
import type { Reach } from './reach.ts';
import type { RecordingPart } from './recording/part.ts';

/** What the parts of the shell share. Only the call center changes `directory`. */
export interface World extends Omit<CallCenterOptions, 'outbound' | 'outside'> {
  readonly sessions: Map<CallId, CallSession>;
  readonly offers: Map<OfferId, CallSession>;
  readonly inbox: Inbox;
  readonly live: Live;
  readonly history: CallHistory;
  readonly outbound: Outbound;
  readonly reach: Reach;
  readonly desks: Desks;
  readonly dispositions: Dispositions;
  readonly recorder: RecordingPart;
  readonly flowMemory: FlowMemory;
  directory: Directory | undefined;
  /** Tells the engine, and carries out what comes of it. */
  command(command: Command): Reply;
  /** The same of a moment that has passed, with all that came of it. */
  enact(command: Command, at: EpochMs): Applied;
  /** The one end of every call; the first reason given counts. */
  finish(session: CallSession, outcome: CallOutcome, endedBy: Cdr['endedBy']): void;
  /** Tells the call's flow, if it has one. */
  tell(session: CallSession, event: FlowEvent): void;
  /** The flow has come back to the queue, which the call had never left: it has music again. */
  backInQueue(session: CallSession): void;
  /** A call is about to come to an agent: returns the headers that their phone should ring with. */
  expect(coming: Coming): Readonly<Record<string, string>>;
  /** Says to an agent who has the call what it is about. Undefined: there is nothing to say. */
  whisper(offerId: OfferId, leg: AgentLeg): Promise<unknown> | undefined;
  /** The far end is gone by itself. */
  callerGone(session: CallSession): void;
  /** The leg of the agent who has a call is over; `died`: nobody has hung up. */
  agentGone(offerId: OfferId, died: boolean): void;
  /** A key of somebody who may have a customer by that leg. */
  keyed(leg: Leg, key: string): void;
  /** Hangs up the caller and finishes the call. */
  hangup(session: CallSession, outcome: CallOutcome): void;
}
