import { err, ok, type Result } from '../../lib/result.ts';

/** Which column of the file holds what. Several may hold numbers. */
export interface Columns {
  readonly count: number;
  readonly id: number | undefined;
  readonly name: number;
  readonly status: number | undefined;
  readonly language: number | undefined;
  readonly numbers: readonly number[];
  /** Names of columns that nothing is made of, for the report. */
  readonly ignored: readonly string[];
}

/** What people call them, without accents, spaces and capitals. */
const NAMES = {
  id: /^(id|externalid|contactid|codigo|cliente|clienteid|idcliente|customerid)$/,
  name: /^(name|nombre|nombrecompleto|fullname|razonsocial)$/,
  status: /^(status|estado|estatus|tipo|type)$/,
  language: /^(language|idioma|lang|lengua)$/,
  numbers:
    /^(numbers?|numeros?|phones?|phonenumber|telefonos?|tel|movil|celular|mobile|fijo|casa|trabajo)\d*$/,
};
const COLUMNS_MAX = 200;

/** Reads the header. The error says what is missing. */
export function columnsOf(header: readonly string[]): Result<Columns, string> {
  const names = header.map(plain);
  if (header.length > COLUMNS_MAX) return err(`there are more than ${COLUMNS_MAX} columns`);
  const find = (pattern: RegExp): number | undefined => {
    const at = names.findIndex((name) => pattern.test(name));
    return at < 0 ? undefined : at;
  };
  const name = find(NAMES.name);
  const numbers = names.flatMap((each, at) => (NAMES.numbers.test(each) ? [at] : []));
  if (name === undefined) return err('there is no column of names (name, nombre)');
  if (numbers.length === 0)
    return err('there is no column of numbers (number, telefono, phone2 …)');
  const [id, status, language] = [find(NAMES.id), find(NAMES.status), find(NAMES.language)];
  const used = new Set([id, name, status, language, ...numbers]);
  const ignored = header.filter((each, at) => !used.has(at) && each !== '');
  return ok({ count: header.length, id, name, status, language, numbers, ignored });
}

/** `Teléfono 2` → `telefono2`. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
