import type { Day, DayStyle, TimeOfDay } from '../moments.ts';
import { inWords } from './numbers.ts';
import type { Region } from './region.ts';

export const MONTHS =
  'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split(
    ' ',
  );
export const WEEKDAYS = 'domingo lunes martes miércoles jueves viernes sábado'.split(' ');

export const PARTS_OF_DAY: readonly string[] = [
  'de la madrugada',
  'de la mañana',
  'del mediodía',
  'del día',
  'de la tarde',
  'de la noche',
];

/** The first of a month is "primero" in America and "uno" in Spain (DPD, "fecha"). */
export function dateInWords(
  { year, month, day, weekday }: Day,
  style: DayStyle,
  region: Region,
): string {
  const number = day === 1 && region === 'MX' ? 'primero' : inWords(day, 'masculine');
  const parts = [`${number} de ${MONTHS[month - 1]}`];
  if (style.weekday) parts.unshift(WEEKDAYS[weekday] ?? '');
  if (style.year) parts.push(`de ${inWords(year, 'masculine')}`);
  return parts.join(' ');
}

/**
 * The time on a clock of twelve hours with the part of the day (DPD, "hora"): Spain counts what is missing
 * ("las dos menos cuarto"), Mexico reads the minutes as a clock shows them ("la una cuarenta y cinco").
 */
export function timeInWords(time: TimeOfDay, region: Region): string {
  return region === 'ES' ? inSpain(time) : inMexico(time);
}

function inSpain({ hour, minute }: TimeOfDay): string {
  const missing = minute > 30 && minute % 5 === 0;
  const named = hourOf12(missing ? hour + 1 : hour);
  return `${named}${spanishMinutes(minute, missing)} ${partOfDay(hour, minute, 'ES')}`;
}

function spanishMinutes(minute: number, missing: boolean): string {
  if (minute === 0) return '';
  const count = missing ? 60 - minute : minute;
  const word = count === 15 ? 'cuarto' : count === 30 ? 'media' : inWords(count, 'masculine');
  return ` ${missing ? 'menos' : 'y'} ${word}`;
}

function inMexico({ hour, minute }: TimeOfDay): string {
  return `${hourOf12(hour)}${mexicanMinutes(minute)} ${partOfDay(hour, minute, 'MX')}`;
}

function mexicanMinutes(minute: number): string {
  if (minute === 0) return '';
  if (minute === 30) return ' y media';
  const words = inWords(minute, 'masculine');
  return minute < 10 ? ` y ${words}` : ` ${words}`;
}

/** As timetables are read: "las veintiuna horas", "las trece treinta", "las cero horas". */
export function time24InWords({ hour, minute }: TimeOfDay): string {
  const hours = article(hour);
  if (minute === 0) return hour === 1 ? hours : `${hours} horas`;
  const words = inWords(minute, 'masculine');
  return minute < 10 ? `${hours} cero ${words}` : `${hours} ${words}`;
}

const article = (hour: number): string =>
  hour === 1 ? 'la una' : `las ${inWords(hour, 'feminine')}`;

const hourOf12 = (hour: number): string => article(((hour + 11) % 12) + 1);

/** Noon and midnight have names of their own; the afternoon is longer in Spain. */
function partOfDay(hour: number, minute: number, region: Region): string {
  if (hour === 0) return 'de la noche';
  if (hour < 6) return 'de la madrugada';
  if (hour < 12) return 'de la mañana';
  if (hour === 12 && region === 'ES' && minute <= 30) return 'del mediodía';
  if (hour === 12 && region === 'MX' && minute === 0) return 'del día';
  return hour < (region === 'ES' ? 21 : 19) ? 'de la tarde' : 'de la noche';
}
