import { CodedError } from '../../../lib/errors.ts';
import { ok } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import type { WebhookConfig } from '../../../model/webhook.ts';
import type { User } from '../../../runtime/ports/access.ts';
import type { ConfigurationRepositories } from '../../../runtime/ports/admin.ts';
import { demandToGive, scopesOfRole, userFrom, userOf } from '../users/users.ts';
import { UserEntry, WebhookEntry } from './schemas.ts';
import { type Entry, each, inOrder, type Section, singly } from './section.ts';

const idOf = ({ id }: Entry): string => String(id);

const webhookOf = ({ secret: _, ...entry }: Entry): WebhookConfig =>
  ({ personalData: true, enabled: true, ...entry }) as unknown as WebhookConfig;

/** What a webhook has in common with every other is not said. */
const webhookEntry = ({ personalData, enabled, ...webhook }: WebhookConfig): Entry =>
  inOrder(WebhookEntry, {
    ...webhook,
    ...(personalData ? {} : { personalData }),
    ...(enabled ? {} : { enabled }),
  });

/** Where what happens is sent to. Secrets go in and never come out. */
export const webhookSection: Section = {
  name: 'webhooks',
  noun: 'webhook',
  keyName: 'id',
  reads: 'webhooks:read',
  writes: 'webhooks:write',
  schema: WebhookEntry,
  comment:
    ' Where what happens is sent to. `secret` goes in and never comes out: without it, the one that is stored stays.',
  entriesOf: ({ webhooks }) => webhooks.map(webhookEntry),
  normal: (entry) => webhookEntry(webhookOf(entry)),
  *withEntries(configuration, entries) {
    return { ...configuration, webhooks: yield* mapInSteps(entries, webhookOf) };
  },
  objections: (entry, { webhooks }) => {
    const objection = webhooks.objectionTo(webhookOf(entry));
    return objection ? [objection.detail] : [];
  },
  notes: (entry, before) =>
    before || entry.secret !== undefined
      ? []
      : [
          `Webhook ${idOf(entry)} is new and has no secret here: POST /v1/webhooks/${idOf(entry)}/secret makes one and shows it.`,
        ],
  ...singly({
    keyName: 'id',
    async newSecret({ webhooks }, entry) {
      const { secret } = entry;
      if (secret === undefined) return [];
      return (await webhooks.hasSecret(idOf(entry), String(secret))) ? [] : ['secret'];
    },
    createOne: ({ webhooks }, entry, _by, { webhooks: desk }) =>
      webhooks.create(webhookOf(entry), String(entry.secret ?? desk.newSecret())),
    async replaceOne({ webhooks }, entry) {
      const replaced = await webhooks.replace(webhookOf(entry));
      if (!replaced.ok || entry.secret === undefined) return replaced;
      return webhooks.setSecret(idOf(entry), String(entry.secret));
    },
    removeOne: ({ webhooks }, key) => webhooks.remove(key),
  }),
};

const userIn = (entry: Entry): User => userOf(entry as never);

const userEntry = ({ disabled, ...user }: User): Entry =>
  inOrder(UserEntry, { ...user, ...(disabled ? { disabled } : {}) });

async function withPassword({ users }: ConfigurationRepositories, { id, password }: Entry) {
  if (password === undefined) return ok(undefined);
  return users.setPassword(String(id), String(password));
}

/** The people who may sign in. Passwords go in and never come out. */
export const userSection: Section = {
  name: 'users',
  noun: 'user',
  keyName: 'id',
  reads: 'access:read',
  writes: 'access:write',
  schema: UserEntry,
  comment:
    ' Who may sign in. `password` goes in and never comes out: without it, the one that is stored stays.',
  entriesOf: ({ users }) => each(users, userEntry),
  normal: (entry) => userEntry(userIn(entry)),
  *withEntries(configuration, entries) {
    return { ...configuration, users: yield* mapInSteps(entries, userIn) };
  },
  objections(entry) {
    try {
      userFrom(entry as never);
      return [];
    } catch (error) {
      if (error instanceof CodedError) return [error.refusal.detail];
      throw error;
    }
  },
  notes: (entry, before) =>
    before || entry.password !== undefined
      ? []
      : [`User ${idOf(entry)} is new and has no password here: nobody can sign in as them yet.`],
  misses: ({ id, agentId }, { agents }) =>
    agentId === undefined || agents.some((agent) => agent.id === agentId)
      ? []
      : [`User ${id} is the agent ${agentId}, and there is no such agent.`],
  demandToGive(principal, entry) {
    const { role, teams } = userIn(entry);
    demandToGive(principal, scopesOfRole(role), teams);
  },
  ...singly({
    keyName: 'id',
    async newSecret({ users }, { id, password }) {
      if (password === undefined) return [];
      return (await users.hasPassword(String(id), String(password))) ? [] : ['password'];
    },
    async createOne(repositories, entry) {
      const made = await repositories.users.create(userIn(entry));
      return made.ok ? withPassword(repositories, entry) : made;
    },
    async replaceOne(repositories, entry) {
      const replaced = await repositories.users.replace(userIn(entry));
      return replaced.ok ? withPassword(repositories, entry) : replaced;
    },
    removeOne: ({ users }, key) => users.remove(key),
  }),
};
