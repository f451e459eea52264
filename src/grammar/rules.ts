import type { Currency } from './currencies.ts';
import type { Decimal } from './decimals.ts';
import type { Day, DayStyle, Length, TimeOfDay } from './moments.ts';
import type { Gender, Noun } from './nouns.ts';

/** How the digits of a group are said: one by one, two by two, or three as one number. */
export type DigitReading = 'single' | 'pairs' | 'hundreds';

/**
 * How a language says what is not fixed text. Whole numbers go from 0 up to {@link NUMBER_MAX}; whoever calls with
 * others gets a RangeError (formats.ts never does).
 */
export interface Grammar {
  /** A number that stands alone: "uno", "veintiuna". */
  cardinal(value: number, gender?: Gender): string;
  /** A number with what it counts: "un minuto", "veintiuna horas", "un millón de pesos". */
  count(value: number, noun: Noun): string;
  /** "primero", "tercera"; `beforeNoun`: "primer", "tercer". From 1 to {@link ORDINAL_MAX}. */
  ordinal(value: number, gender?: Gender, beforeNoun?: boolean): string;
  /** "menos doce coma cinco". */
  decimal(value: Decimal, gender?: Gender): string;
  /** "ciento un euros con cincuenta céntimos". */
  money(amount: Decimal, currency: Currency): string;
  /** "ciento uno por ciento". */
  percent(value: Decimal): string;
  /** "uno de enero", "jueves cinco de marzo de dos mil veintiséis". */
  date(day: Day, style: DayStyle): string;
  /** "la una y media de la tarde"; with 24 hours: "las trece treinta". */
  time(time: TimeOfDay, hours24: boolean): string;
  /** "dos días y veintiuna horas". */
  duration(length: Length): string;
  /** "menos de un minuto", "entre tres y cinco minutos". */
  wait(fromMs: number, toMs: number): string;
  /** One group of a telephone number, two to four digits. */
  digits(group: string, reading: DigitReading): string;
  /** Before the country code of a number from abroad: "más". */
  readonly plus: string;
  /**
   * The phrases that every value of a format can be put together from: `money`, `['MXN']`. Besides the formats of flows
   * there is `people`: how many there are, up to {@link PEOPLE_MAX}, in as few phrases as can be.
   */
  vocabulary(format: string, args: readonly string[]): readonly string[];
}

export const NUMBER_MAX = 999_999_999_999_999;
export const ORDINAL_MAX = 999;
/** More do not stand in a line. */
export const PEOPLE_MAX = 999_999;
