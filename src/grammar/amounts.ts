import type { Currency } from './currencies.ts';
import { type Decimal, parseDecimal } from './decimals.ts';

/** Longer than any amount with whatever stands around it. */
const CHARACTERS_MAX = 60;

/**
 * "$1,234.50 MXN", "-€12", "1 234,50 €": what systems send for people to read. Sign, symbol and code may stand on either
 * side of each other. No currency has thousandths here, so that "1.234" and "1,234" are thousands. Undefined: it is no
 * amount, or one of another currency.
 */
export function parseAmount(text: string, { code, symbols }: Currency): Decimal | undefined {
  if (text.length > CHARACTERS_MAX) return undefined;
  const mark = `(?:${[...symbols, code].map(escaped).join('|')})`;
  const form = new RegExp(
    `^(?:${mark}\\s*)?([-+−]?)\\s*(?:${mark}\\s*)?(\\d.*?)(?:\\s*${mark}){0,2}$`,
  );
  const [, sign = '', digits] = form.exec(text.trim()) ?? [];
  return digits === undefined ? undefined : parseDecimal(`${sign}${digits}`, 'thousands');
}

const escaped = (symbol: string): string => symbol.replace(/[.$/]/g, '\\$&');
