import type { Noun } from './nouns.ts';

// Codes and minor units: ISO 4217. Spanish names and genders: RAE y ASALE, Diccionario panhispánico de dudas,
// appendix "Monedas y unidades monetarias"; "the lempira" and "the guaraní" are masculine there.

/** A currency by the names it has in each language. */
export interface Currency {
  readonly code: string;
  /** Digits after the point: 0 or 2. */
  readonly places: number;
  /** What stands beside its amounts, besides the code. */
  readonly symbols: readonly string[];
  readonly es: Names;
  readonly en: Names;
  /** Where the bare name means this currency; elsewhere an adjective tells it from its namesakes. */
  readonly homes: readonly string[];
}

interface Names {
  readonly unit: Noun;
  readonly cent?: Noun;
  /** One and many, after the noun in Spanish and before it in English. */
  readonly adjective?: readonly [string, string];
}

const he = (one: string, many: string): Noun => ({ one, many, gender: 'masculine' });
const she = (one: string, many: string): Noun => ({ one, many, gender: 'feminine' });

const CENTAVO = he('centavo', 'centavos');
const CENTIMO = he('céntimo', 'céntimos');
const CENT = he('cent', 'cents');
const PESO = he('peso', 'pesos');
const DOLAR = he('dólar', 'dólares');
const DOLLAR = he('dollar', 'dollars');

const peso = (
  code: string,
  places: number,
  home: string,
  adjective: string,
  english: string,
  ...symbols: readonly string[]
): Currency => ({
  code,
  places,
  symbols: ['$', ...symbols],
  es: { unit: PESO, cent: CENTAVO, adjective: [adjective, `${adjective}s`] },
  en: { unit: PESO, cent: CENTAVO, adjective: [english, english] },
  homes: [home],
});

const own = (
  code: string,
  places: number,
  unit: Noun,
  cent: Noun,
  ...symbols: readonly string[]
): Currency => ({
  code,
  places,
  symbols,
  es: { unit, cent },
  en: { unit, cent },
  homes: [],
});

const CURRENCIES: readonly Currency[] = [
  {
    code: 'EUR',
    places: 2,
    symbols: ['€'],
    es: { unit: he('euro', 'euros'), cent: CENTIMO },
    en: { unit: he('euro', 'euros'), cent: CENT },
    homes: [],
  },
  {
    code: 'USD',
    places: 2,
    symbols: ['$', 'US$'],
    es: { unit: DOLAR, cent: CENTAVO },
    en: { unit: DOLLAR, cent: CENT },
    homes: [],
  },
  {
    code: 'CAD',
    places: 2,
    symbols: ['$', 'C$', 'CA$'],
    es: { unit: DOLAR, cent: CENTAVO, adjective: ['canadiense', 'canadienses'] },
    en: { unit: DOLLAR, cent: CENT, adjective: ['Canadian', 'Canadian'] },
    homes: [],
  },
  {
    code: 'GBP',
    places: 2,
    symbols: ['£'],
    es: { unit: she('libra', 'libras'), cent: he('penique', 'peniques') },
    en: { unit: he('pound', 'pounds'), cent: he('penny', 'pence') },
    homes: [],
  },
  {
    code: 'CHF',
    places: 2,
    symbols: ['Fr.', 'SFr.'],
    es: { unit: he('franco suizo', 'francos suizos'), cent: CENTIMO },
    en: { unit: he('Swiss franc', 'Swiss francs'), cent: he('centime', 'centimes') },
    homes: [],
  },
  {
    code: 'BRL',
    places: 2,
    symbols: ['R$'],
    es: { unit: he('real', 'reales'), cent: CENTAVO },
    en: { unit: he('real', 'reais'), cent: CENTAVO },
    homes: [],
  },
  peso('MXN', 2, 'es-MX', 'mexicano', 'Mexican', 'MX$', 'M.N.', 'MN'),
  peso('ARS', 2, 'es-AR', 'argentino', 'Argentine', 'AR$'),
  peso('COP', 2, 'es-CO', 'colombiano', 'Colombian', 'COL$'),
  peso('CLP', 0, 'es-CL', 'chileno', 'Chilean', 'CLP$'),
  peso('UYU', 2, 'es-UY', 'uruguayo', 'Uruguayan', '$U'),
  peso('DOP', 2, 'es-DO', 'dominicano', 'Dominican', 'RD$'),
  own('PEN', 2, he('sol', 'soles'), CENTIMO, 'S/', 'S/.'),
  own('GTQ', 2, he('quetzal', 'quetzales'), CENTAVO, 'Q'),
  own('CRC', 2, he('colón', 'colones'), CENTIMO, '₡'),
  own('HNL', 2, he('lempira', 'lempiras'), CENTAVO, 'L', 'L.'),
  own('NIO', 2, he('córdoba', 'córdobas'), CENTAVO, 'C$'),
  own('BOB', 2, he('boliviano', 'bolivianos'), CENTAVO, 'Bs', 'Bs.'),
  own('VES', 2, he('bolívar', 'bolívares'), CENTIMO, 'Bs', 'Bs.'),
  own('PYG', 0, he('guaraní', 'guaraníes'), CENTIMO, '₲', 'Gs', 'Gs.'),
];

const BY_CODE: ReadonlyMap<string, Currency> = new Map(
  CURRENCIES.map((currency) => [currency.code, currency]),
);

export const currencyOf = (code: string): Currency | undefined => BY_CODE.get(code);
export const CURRENCY_CODES: readonly string[] = [...BY_CODE.keys()];

/** The noun as the language of a region calls it: "peso" at home, "peso mexicano" abroad. */
export function unitOf(currency: Currency, language: string): Noun {
  const spanish = language.startsWith('es');
  const { unit, adjective } = spanish ? currency.es : currency.en;
  if (!adjective || currency.homes.includes(language)) return unit;
  const join = (noun: string, word: string) => (spanish ? `${noun} ${word}` : `${word} ${noun}`);
  return {
    one: join(unit.one, adjective[0]),
    many: join(unit.many, adjective[1]),
    gender: unit.gender,
  };
}

export const centOf = (currency: Currency, language: string): Noun | undefined =>
  (language.startsWith('es') ? currency.es : currency.en).cent;
