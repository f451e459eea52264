import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';
import type { AgentConfig } from '../../model/agent.ts';
import type { CalendarConfig, Closure, Message } from '../../model/calendar.ts';
import type { Language } from '../../model/contact.ts';
import type { Finding, LintFigures } from '../../model/finding.ts';
import type { CalendarId, FlowId } from '../../model/ids.ts';
import type { NumberConfig } from '../../model/number.ts';
import type { QueueConfig } from '../../model/queue.ts';
import type { Disposition, NotReadyReason } from '../../model/reasons.ts';
import type { DiallingRules, TrunkWithSecret } from '../../model/trunk.ts';

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

/** Says what is wrong with a flow before it goes live; empty: it can be published. */
export interface FlowChecker {
  /** The JSON Schema of a flow, for editors. */
  readonly schema: object;
  check(document: unknown, known: KnownToFlows, id?: FlowId): readonly string[];
  /** The same of what a closure says. */
  checkMessage(message: Message): readonly string[];
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

/** Says what in a configuration cannot work. */
export interface Linter {
  /** Errors: it cannot be had. */
  check(configuration: Configuration, figures?: LintFigures): Promise<readonly Finding[]>;
  /** What of a flow that can be published will not do what its author hoped: lines as the checker's. */
  flow(document: unknown, id?: FlowId): Promise<readonly string[]>;
}

/** Whether there is a recording by that name for callers of the language; without one: for all. */
export type HasRecording = (name: string, language?: Language) => boolean;
