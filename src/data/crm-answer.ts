import { CALLER_STATUSES, type KnownCaller, languageNear } from '../model/contact.ts';
import { agentId, contactId } from '../model/ids.ts';
import { Failure } from './failure.ts';

/** Who the CRM means, and what else it said of them that cannot be used. */
export interface CrmReading {
  /** Undefined: it knows of none. */
  readonly caller: KnownCaller | undefined;
  /** Names of fields, without what was in them: `language`, `variables.saldo`. At most {@link UNUSED_MAX}. */
  readonly unused: readonly string[];
}

/** The field without which there is no answer. */
export class UnreadableAnswer extends Failure {
  readonly field: string;

  constructor(field: string) {
    super('invalid');
    this.field = field;
  }
}

type Fields = Readonly<Record<string, unknown>>;

const VARIABLE_NAME = /^[A-Za-z0-9_-]{1,50}$/;
const VARIABLES_MAX = 50;
const VARIABLE_CHARACTERS_MAX = 1_000;
const ID_CHARACTERS_MAX = 100;
const NAME_CHARACTERS_MAX = 100;
/** Of an agent's id and a queue's. */
const KEY_CHARACTERS_MAX = 64;
const UNUSED_MAX = 10;

/**
 * Reads an answer field by field: of somebody who is blocked it must not matter in what language. The status is needed;
 * everything else is taken as far as it can be used, and null is as good as absent. Fields that are not here are the
 * CRM's own affair, and are not looked at. Throws {@link UnreadableAnswer}.
 */
export function readCrmAnswer(json: unknown): CrmReading {
  const contact = isObject(json) ? json.contact : undefined;
  if (contact === null) return { caller: undefined, unused: [] };
  if (!isObject(contact)) throw new UnreadableAnswer('contact');
  const unused: string[] = [];
  const caller = callerOf(contact, (field) => unused.push(field));
  return { caller, unused: unused.slice(0, UNUSED_MAX) };
}

function callerOf(contact: Fields, onUnused: (field: string) => void): KnownCaller {
  const status = statusOf(contact.status);
  if (!status) throw new UnreadableAnswer('contact.status');
  const take = <T>(field: string, read: (text: string) => T | undefined): T | undefined => {
    const value = contact[field] ?? undefined;
    const text = textOf(value)?.trim();
    const taken = text ? read(text) : undefined;
    if (taken === undefined && value !== undefined && text !== '') onUnused(field);
    return taken;
  };
  const upTo = (most: number) => (text: string) => (text.length <= most ? text : undefined);
  const id = take('id', upTo(ID_CHARACTERS_MAX));
  const name = take('name', upTo(NAME_CHARACTERS_MAX));
  const language = take('language', languageNear);
  const lastAgent = take('lastAgent', upTo(KEY_CHARACTERS_MAX));
  const preferredQueue = take('preferredQueue', upTo(KEY_CHARACTERS_MAX));
  const variables = {
    ...variablesOf(contact.variables ?? {}, onUnused),
    ...(preferredQueue ? { preferredQueue } : {}),
  };
  return {
    status,
    ...(id ? { id: contactId(id) } : {}),
    ...(name ? { name } : {}),
    ...(language ? { language } : {}),
    ...(lastAgent ? { lastAgentId: agentId(lastAgent) } : {}),
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
  };
}

/** Capitals do not matter: `Blocked` is no stranger. */
function statusOf(value: unknown): KnownCaller['status'] | undefined {
  const wanted = textOf(value)?.trim().toLowerCase();
  const status = CALLER_STATUSES.find((one) => one === wanted);
  return status === 'unknown' ? undefined : status;
}

function variablesOf(
  value: unknown,
  onUnused: (field: string) => void,
): Readonly<Record<string, string>> {
  const taken: [string, string][] = [];
  if (!isObject(value)) onUnused('variables');
  for (const [name, content] of Object.entries(isObject(value) ? value : {})) {
    if (content === null) continue;
    const text = typeof content === 'boolean' ? String(content) : textOf(content);
    const isUsable = text !== undefined && text.length <= VARIABLE_CHARACTERS_MAX;
    // A name that cannot be one may be anything, and is not for a log.
    if (!VARIABLE_NAME.test(name)) onUnused('variables');
    else if (!isUsable || taken.length === VARIABLES_MAX) onUnused(`variables.${name}`);
    else taken.push([name, text]);
  }
  return Object.fromEntries(taken);
}

/** A number is a text to whoever speaks it, and to whoever looks it up. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
