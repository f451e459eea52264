export type Gender = 'masculine' | 'feminine';

/** A thing that is counted. */
export interface Noun {
  readonly one: string;
  readonly many: string;
  readonly gender: Gender;
}

/** How a language says what is not fixed text. Numbers are whole ones, from 0 up to {@link NUMBER_MAX}. */
export interface Grammar {
  /** A number that stands alone: "uno", "veintiuno". */
  cardinal(value: number, gender?: Gender): string;
  /** A number with what it counts: "un minuto", "veintiuna horas", "un millón de pesos". */
  count(value: number, noun: Noun): string;
  /** "primero", "tercera"; `beforeNoun`: "primer", "tercer". From 1 to 20. */
  ordinal(value: number, gender?: Gender, beforeNoun?: boolean): string;
  /** "menos de un minuto", "entre tres y cinco minutos". */
  wait(fromMs: number, toMs: number): string;
}

export const NUMBER_MAX = 999_999_999_999;
