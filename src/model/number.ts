import type { Language } from './contact.ts';
import type { CalendarId, FlowId } from './ids.ts';

/** A number that the company is called at (DNIS). */
export interface NumberConfig {
  /** Digits as the trunk sends them, or E.164 with `+`. */
  readonly dnis: string;
  readonly name: string;
  readonly flowId: FlowId;
  readonly language: Language;
  /** Its opening hours: what the flow's `hours` node asks if it names no calendar. */
  readonly calendarId?: CalendarId;
  /** ISO 3166-1 alpha-2: the country whose dialling rules the callers' numbers are read by. */
  readonly country: string;
}
