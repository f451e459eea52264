/** What the linter has to say about a configuration. */
export interface Finding {
  /** `error`: it cannot be had, and is refused. `warning`: it can be had, and will not do what somebody hoped. */
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  /** Where: `queues/ventas`, `agents/1001`, `queues/ventas/overflow/0`. */
  readonly place: string;
  readonly message: string;
}

export const FINDING_CODES = [
  'CONFIG_INVALID',
  'QUEUE_WITHOUT_AGENTS',
  'QUEUE_UNSERVABLE',
  'QUEUE_SERVED_LATE',
  'QUEUE_CASUAL_ONLY',
  'SKILL_UNHELD',
  'GROUP_EMPTY',
  'STEP_TOO_LATE',
  'RING_LONGER_THAN_WAIT',
  'AGENT_WITHOUT_CALLS',
  'OVERFLOW_UNSERVED',
  'CASUAL_BUDGET_SHORT',
  'CASUAL_NEVER_OPEN',
  'REQUEST_NOT_ALLOWED',
  'NO_WAY_OUT',
  'FLOW_UNUSED',
  'QUEUE_UNREACHED',
  'LANGUAGE_UNSPOKEN',
  'CALENDAR_NEVER_OPEN',
  'AGENT_WITHOUT_PASSWORD',
  'EXIT_UNHANDLED',
  'RECORDING_UNKNOWN',
  'COUNTRY_UNKNOWN',
] as const;
export type FindingCode = (typeof FINDING_CODES)[number];

/** What is known of the traffic, for what a configuration alone cannot say. */
export interface LintFigures {
  /** Calls a month, by queue. */
  readonly callsPerMonth?: Readonly<Record<string, number>>;
}
