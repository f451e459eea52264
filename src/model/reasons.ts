import type { Language } from './contact.ts';
import type { QueueId } from './ids.ts';

/** What something is called, by language; at least one. */
export type Labels = Readonly<Partial<Record<Language, string>>>;

/** What became of a conversation, as the agent says during or after it: `sold`, `wrong number`. */
export interface Disposition {
  readonly id: string;
  readonly label: Labels;
  /** What an agent types on a phone: digits, each code once. Absent: not by phone. */
  readonly code?: string;
  /** Whose calls it is for. Absent: every queue's. */
  readonly queueIds?: readonly QueueId[];
}

/** Why an agent is not ready: `lunch`, `training`. */
export interface NotReadyReason {
  /** The `reason` of the agent's state. */
  readonly id: string;
  readonly label: Labels;
  /** What an agent types on a phone: digits, each code once. Absent: not by phone. */
  readonly code?: string;
}

/** The label in a language, or in whichever there is. */
export const labelIn = (labels: Labels, language: Language): string =>
  labels[language] ?? Object.values(labels)[0] ?? '';

export const dispositionsFor = (
  all: readonly Disposition[],
  queue: QueueId | undefined,
): readonly Disposition[] =>
  all.filter(
    ({ queueIds }) => queueIds === undefined || (queue !== undefined && queueIds.includes(queue)),
  );
