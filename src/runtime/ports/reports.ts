import type { MeasureName } from '../../facts/measures.ts';
import type { Dimension } from '../../facts/names.ts';
import type { IntervalName } from '../../facts/periods.ts';
import type { ServiceLevelChoice } from '../../facts/service-level.ts';
import type { EpochMs } from '../../lib/clock.ts';
import type { Refusal } from '../../lib/errors.ts';
import type { Result } from '../../lib/result.ts';

// What `api` needs of reports. They are computed, read and written as text in a thread of their own: routing goes on
// meanwhile, and what comes back is sent as it is.

/** Figures by interval and key, in the order of the key and then of time. */
export interface IntervalQuery {
  readonly by: Dimension;
  /** Absent: all there are. */
  readonly keys?: readonly string[];
  readonly interval: IntervalName;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** IANA: whose days, weeks and months. */
  readonly zone: string;
  readonly measures: readonly MeasureName[];
  readonly serviceLevel: ServiceLevelChoice;
  /** Intervals in which nothing happened, too. */
  readonly empty: boolean;
  /** Of agents and teams: only these teams. Absent: all. */
  readonly teams?: readonly string[];
  readonly limit: number;
  /** The key and the beginning of the last row that was sent. */
  readonly after?: readonly [key: string, from: EpochMs];
  readonly format: 'json' | 'csv';
}

export interface TimelineQuery {
  /** Absent: all agents, or those of the teams. */
  readonly agentIds?: readonly string[];
  readonly teams?: readonly string[];
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly format: 'json' | 'csv';
}

export interface CasualQuery {
  /** `2026-11`, in each agent's own zone. */
  readonly month: string;
  readonly by: 'agent' | 'team' | 'group';
  readonly teams?: readonly string[];
  readonly format: 'json' | 'csv';
}

/** Part of an answer, ready to be sent. */
export interface ReportText {
  readonly text: string;
  /** What goes on after it; absent: nothing. */
  readonly next?: readonly [key: string, from: EpochMs];
}

export interface ReportsState {
  /** Everything that was written down before is in the figures; undefined: never yet. */
  readonly asOf: EpochMs | undefined;
}

/** Rejects with OVERLOADED or DATABASE_AWAY. */
export interface Reports {
  intervals(query: IntervalQuery): Promise<ReportText>;
  timelines(query: TimelineQuery): Promise<ReportText>;
  casual(query: CasualQuery): Promise<ReportText>;
  /** Computes the time anew from its records: how many calls there were. */
  replay(from: EpochMs, to: EpochMs): Promise<number>;
  /** Brings the figures up to date now, instead of soon. */
  refresh(): Promise<void>;
  state(): ReportsState;
}

export const EXPORTS = ['cdrs', 'events', 'agent-states'] as const;
export type ExportName = (typeof EXPORTS)[number];

export interface ExportQuery {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly format: 'ndjson' | 'csv';
  /** Where to go on: what the batch before came with. */
  readonly cursor?: string;
}

/** Some thousand rows at a time, so that an export of any size takes the memory of one batch. */
export interface ExportBatch {
  readonly text: string;
  /** Absent: this was the last. */
  readonly cursor?: string;
}

/** Records as they are, in the order of time. */
export interface Exports {
  /** CURSOR_INVALID */
  batch(name: ExportName, query: ExportQuery): Promise<Result<ExportBatch, Refusal>>;
  header(name: ExportName): string;
}
