import { readNumber } from '../../callers/callers.ts';
import { err, ok, type Result } from '../../lib/result.ts';
import { type Contact, languageNear } from '../../model/contact.ts';
import { contactId } from '../../model/ids.ts';
import type { ImportedContact } from '../ports/import.ts';
import { type Columns, plain } from './columns.ts';

const ID_FORM = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const NAME_CHARACTERS_MAX = 100;
const NUMBERS_MAX = 20;

const STATUSES: Readonly<Record<string, Contact['status']>> = {
  vip: 'vip',
  customer: 'customer',
  cliente: 'customer',
  prospect: 'prospect',
  prospecto: 'prospect',
  blocked: 'blocked',
  bloqueado: 'blocked',
};

export interface ReadContact {
  readonly contact: ImportedContact;
  /** What its language is called is none that is spoken here. */
  readonly isUnspoken: boolean;
}

/**
 * A row as a contact. The error says why it is none, in words for the report. A number without a country's code is
 * read by the rules of `country`; without a country, every number needs its code. A language that is not spoken here is
 * no reason to lose a contact.
 */
export function contactOf(
  fields: readonly string[],
  columns: Columns,
  line: number,
  country: string | undefined,
): Result<ReadContact, string> {
  if (fields.length !== columns.count)
    return err(`columns: ${fields.length} instead of ${columns.count}`);
  const at = (column: number | undefined): string =>
    column === undefined ? '' : (fields[column] ?? '');
  const id = at(columns.id);
  if (columns.id !== undefined && !ID_FORM.test(id)) return err(`${quoted(id)} cannot be an id`);
  const name = at(columns.name).replace(/\s+/g, ' ');
  if (name === '' || name.length > NAME_CHARACTERS_MAX || /\p{Cc}/u.test(name))
    return err(`a name has 1 to ${NAME_CHARACTERS_MAX} characters`);
  const status = at(columns.status) === '' ? 'customer' : STATUSES[plain(at(columns.status))];
  if (!status) return err(`${quoted(at(columns.status))} is no status`);
  const language = languageNear(at(columns.language));
  const numbers = numbersOf(columns.numbers.map(at), country);
  if (!numbers.ok) return numbers;
  const contact: ImportedContact = {
    line,
    name,
    status,
    numbers: numbers.value,
    ...(id === '' ? {} : { id: contactId(id) }),
    ...(language ? { language } : {}),
  };
  return ok({ contact, isUnspoken: !language && at(columns.language) !== '' });
}

function numbersOf(
  fields: readonly string[],
  country: string | undefined,
): Result<readonly string[], string> {
  const texts = fields.flatMap((field) => field.split(/[|;/]/)).map((text) => text.trim());
  const numbers = new Set<string>();
  for (const text of texts) {
    if (text === '') continue;
    const number = readNumber(text, country ?? '');
    if (number.kind !== 'e164') return err(`${quoted(text)} is no telephone number`);
    numbers.add(number.e164);
  }
  if (numbers.size === 0) return err('there is no number');
  if (numbers.size > NUMBERS_MAX) return err(`there are more than ${NUMBERS_MAX} numbers`);
  return ok([...numbers]);
}

const quoted = (text: string): string => JSON.stringify(text.slice(0, 40));
