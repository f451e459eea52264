/** A team, a skill or a group: agents and queues name it by its id; people read its name. */
export interface Label {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
}

export const LABEL_KINDS = ['teams', 'skills', 'groups'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];
