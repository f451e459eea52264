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

/** Somebody who calls, as far as the company knows them: from the contacts, or from a CRM. */
export interface KnownCaller {
  /** Absent: a CRM knows them, and the contacts do not. */
  readonly id?: ContactId;
  readonly name?: string;
  readonly status: Contact['status'];
  readonly language?: Language;
  readonly lastAgentId?: AgentId;
  /** What a flow may want to know besides: `saldo`, `preferredQueue`. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** BCP 47 tags of the languages that prompts are spoken in. */
export const LANGUAGES = ['es-ES', 'es-MX', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];

/**
 * The language spoken here that is nearest to a tag, however it is written: `en_US` is `en`, `es` the first Spanish,
 * and that of a country of its own (`es-AR`) is nearer to Mexico's than to Spain's, as CLDR's `es-419` has it.
 * Undefined: none is near.
 */
export function languageNear(tag: string): Language | undefined {
  const [primary, ...regions] = tag.trim().toLowerCase().split(/[-_]/);
  if (primary === 'es' && regions.length > 0) return regions.includes('es') ? 'es-ES' : 'es-MX';
  return LANGUAGES.find((language) => language.split('-')[0] === primary);
}
