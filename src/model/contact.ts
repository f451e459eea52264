import type { AgentId, ContactId } from './ids.ts';

/** What the company knows a caller as. `unknown` is a caller who is in no list. */
export const CALLER_STATUSES = ['vip', 'customer', 'prospect', 'blocked', 'unknown'] as const;
export type CallerStatus = (typeof CALLER_STATUSES)[number];

/** A person known to the company (a SIP contact is called a binding here). */
export interface Contact {
  readonly id: ContactId;
  readonly name: string;
  readonly status: Exclude<CallerStatus, 'unknown'>;
  /** E.164 numbers, `+` first. */
  readonly numbers: readonly string[];
  readonly language?: Language;
  readonly lastAgentId?: AgentId;
}

/** BCP 47 tags of the languages that prompts are spoken in. */
export const LANGUAGES = ['es-ES', 'es-MX', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
