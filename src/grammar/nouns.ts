export type Gender = 'masculine' | 'feminine';

/** A thing that is counted. */
export interface Noun {
  readonly one: string;
  readonly many: string;
  readonly gender: Gender;
}
