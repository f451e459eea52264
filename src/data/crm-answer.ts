import Type, { type Static } from 'typebox';
import { validatorOf } from '../lib/schema.ts';
import { CALLER_STATUSES, type KnownCaller, LANGUAGES } from '../model/contact.ts';
import { agentId, contactId } from '../model/ids.ts';
import { Failure } from './failure.ts';

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const statuses = CALLER_STATUSES.filter((status) => status !== 'unknown');

/** What a CRM says of a caller. Fields that are not here are its own affair, and are not looked at. */
const CrmContact = Type.Object({
  status: Type.Enum(statuses),
  id: Type.Optional(text(100)),
  name: Type.Optional(text(100)),
  language: Type.Optional(Type.Enum([...LANGUAGES])),
  lastAgent: Type.Optional(text(64)),
  preferredQueue: Type.Optional(text(64)),
  variables: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z0-9_-]{1,50}$' }),
      Type.String({ maxLength: 1_000 }),
      { maxProperties: 50, additionalProperties: false },
    ),
  ),
});
const CrmAnswer = Type.Object({ contact: Type.Union([Type.Null(), CrmContact]) });

const validator = validatorOf(CrmAnswer);

/** The caller whom the CRM means; undefined: it knows of none. Throws a {@link Failure} for anything else. */
export function readCrmAnswer(json: unknown): KnownCaller | undefined {
  if (!validator.check(json)) throw new Failure('invalid');
  return json.contact ? callerOf(json.contact) : undefined;
}

function callerOf({
  id,
  lastAgent,
  preferredQueue,
  variables,
  name,
  language,
  status,
}: Static<typeof CrmContact>): KnownCaller {
  const known = { ...variables, ...(preferredQueue ? { preferredQueue } : {}) };
  return {
    status,
    ...(id ? { id: contactId(id) } : {}),
    ...(name ? { name } : {}),
    ...(language ? { language } : {}),
    ...(lastAgent ? { lastAgentId: agentId(lastAgent) } : {}),
    ...(Object.keys(known).length > 0 ? { variables: known } : {}),
  };
}
