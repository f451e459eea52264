import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { FlowRepository, FlowVersion } from '../runtime/ports/flows.ts';
import type { ManyRepository } from '../runtime/ports/lists.ts';
import type {
  AgentRepository,
  AgentSecrets,
  CalendarRepository,
  UserRepository,
  WebhookRepository,
} from '../runtime/ports/objects.ts';
import type { SettingsRepository } from '../runtime/ports/settings.ts';
import type { DiallingRepository, TrunkRepository } from '../runtime/ports/trunks.ts';
import { type Note, type TakeNote, told } from './notes.ts';

// Repositories that tell what is changed through them. The secrets that go through them are told as set, no more.

/** What repositories have in common by which something changes. */
interface Changing<T, Key, More extends readonly unknown[]> {
  get(key: Key): Promise<unknown>;
  create(item: T, ...more: More): Promise<Result<unknown, Refusal>>;
  replace(item: T, ...more: More): Promise<Result<unknown, Refusal>>;
  remove(key: Key): Promise<Result<undefined, Refusal>>;
}

/** `kind.created`, `kind.changed`, `kind.removed`, with the object before and after. */
function audited<
  T,
  Key extends string,
  More extends readonly unknown[],
  Base extends Changing<T, Key, More>,
>(
  base: Base & Changing<T, Key, More>,
  kind: string,
  keyOf: (item: T) => Key,
  note: TakeNote,
): Base {
  return {
    ...base,
    async create(item: T, ...more: More) {
      const made = await base.create(item, ...more);
      const object = { kind, id: keyOf(item) };
      if (made.ok) await note({ action: `${kind}.created`, object, after: made.value });
      return made;
    },
    async replace(item: T, ...more: More) {
      const object = { kind, id: keyOf(item) };
      const before = await base.get(keyOf(item));
      const made = await base.replace(item, ...more);
      if (made.ok) await note({ action: `${kind}.changed`, object, before, after: made.value });
      return made;
    },
    async remove(key: Key) {
      const before = await base.get(key);
      const removed = await base.remove(key);
      const object = { kind, id: key };
      if (removed.ok) await note({ action: `${kind}.removed`, object, before });
      return removed;
    },
  };
}

/** The same of many: what each was, and is, is read by few statements. */
function auditedMany<
  T,
  Key extends string,
  Base extends Changing<T, Key, readonly []> & Pick<ManyRepository<T, Key>, Many>,
>(
  base: Base & Changing<T, Key, readonly []> & Pick<ManyRepository<T, Key>, Many>,
  kind: string,
  keyOf: (item: T) => Key,
  note: TakeNote,
): Base {
  const storedOf = async (keys: readonly Key[]): Promise<ReadonlyMap<Key, unknown>> =>
    new Map((await base.getAll(keys)).map((item) => [keyOf(item), item]));
  const noteAll = async (did: string, keys: readonly Key[], was: Stores<Key>, is: Stores<Key>) => {
    for (const id of keys) {
      const [before, after] = [was?.get(id), is?.get(id)];
      await note({ action: `${kind}.${did}`, object: { kind, id }, before, after });
    }
  };
  return {
    ...audited<T, Key, readonly [], Base>(base, kind, keyOf, note),
    async createAll(items: readonly T[]) {
      const made = await base.createAll(items);
      const keys = items.map(keyOf);
      if (made.ok) await noteAll('created', keys, undefined, await storedOf(keys));
      return made;
    },
    async replaceAll(items: readonly T[]) {
      const keys = items.map(keyOf);
      const before = await storedOf(keys);
      const made = await base.replaceAll(items);
      if (made.ok) await noteAll('changed', keys, before, await storedOf(keys));
      return made;
    },
    async removeAll(keys: readonly Key[]) {
      const before = await storedOf(keys);
      const removed = await base.removeAll(keys);
      if (removed.ok) await noteAll('removed', keys, before, undefined);
      return removed;
    },
  };
}

type Many = 'getAll' | 'createAll' | 'replaceAll' | 'removeAll';
type Stores<Key> = ReadonlyMap<Key, unknown> | undefined;

const secretsSet = (id: string, secrets: AgentSecrets): Note => ({
  action: 'agent.secretsSet',
  object: { kind: 'agent', id },
  after: Object.fromEntries(Object.keys(secrets).map((name) => [name, 'set'])),
});

const auditedAgents = (agents: AgentRepository, note: TakeNote): AgentRepository => ({
  ...auditedMany(agents, 'agent', ({ id }) => id, note),
  setSecrets: (id, secrets) => told(agents.setSecrets(id, secrets), note, secretsSet(id, secrets)),
  async setSecretsOfAll(all) {
    await agents.setSecretsOfAll(all);
    for (const { id, secrets } of all) await note(secretsSet(id, secrets));
  },
});

const auditedCalendars = (calendars: CalendarRepository, note: TakeNote): CalendarRepository => ({
  ...audited(calendars, 'calendar', ({ id }) => id, note),
  setPin(id, pin) {
    const after = { pin: pin === null ? 'taken away' : 'set' };
    const object = { kind: 'calendar', id };
    return told(calendars.setPin(id, pin), note, { action: 'calendar.pinSet', object, after });
  },
  async setClosure(id, closure) {
    const before = (await calendars.get(id))?.closure;
    const action = closure === undefined ? 'calendar.opened' : 'calendar.closed';
    const object = { kind: 'calendar', id };
    return told(calendars.setClosure(id, closure), note, {
      action,
      object,
      before,
      after: closure,
    });
  },
});

const auditedTrunks = (trunks: TrunkRepository, note: TakeNote): TrunkRepository => ({
  ...audited(trunks, 'trunk', ({ id }) => id, note),
  setPassword(id, password) {
    const after = { password: password === null ? 'taken away' : 'set' };
    const object = { kind: 'trunk', id };
    return told(trunks.setPassword(id, password), note, {
      action: 'trunk.passwordSet',
      object,
      after,
    });
  },
});

const auditedDialling = (dialling: DiallingRepository, note: TakeNote): DiallingRepository => ({
  get: dialling.get,
  async put(rules) {
    const before = await dialling.get();
    const after = await dialling.put(rules);
    await note({ action: 'dialling.changed', object: { kind: 'dialling', id: '' }, before, after });
    return after;
  },
});

const auditedSettings = (settings: SettingsRepository, note: TakeNote): SettingsRepository => ({
  get: settings.get,
  async put(own) {
    const before = await settings.get();
    const after = await settings.put(own);
    const object = { kind: 'settings', id: '' };
    await note({ action: 'settings.changed', object, before: before.own, after: after.own });
    return after;
  },
});

const auditedWebhooks = (webhooks: WebhookRepository, note: TakeNote): WebhookRepository => ({
  ...audited(webhooks, 'webhook', ({ id }) => id, note),
  setSecret(id, secret) {
    const object = { kind: 'webhook', id };
    return told(webhooks.setSecret(id, secret), note, { action: 'webhook.secretChanged', object });
  },
});

const auditedUsers = (users: UserRepository, note: TakeNote): UserRepository => ({
  ...audited(users, 'user', ({ id }) => id, note),
  setPassword(id, password) {
    const object = { kind: 'user', id };
    return told(users.setPassword(id, password), note, { action: 'user.passwordChanged', object });
  },
});

/** Versions are kept for good, so their numbers say it all. */
const liveOf = (flow: FlowVersion | undefined) => flow && { version: flow.version };

function auditedFlows(flows: FlowRepository, note: TakeNote): FlowRepository {
  const noteLive = (before: FlowVersion | undefined, after: FlowVersion, comment?: string) =>
    note({
      action: 'flow.published',
      object: { kind: 'flow', id: after.id },
      before: liveOf(before),
      after: { version: after.version, ...(comment === undefined ? {} : { comment }) },
    });
  return {
    ...flows,
    async publish(id, document, by) {
      const before = await flows.get(id);
      const published = await flows.publish(id, document, by);
      await noteLive(before, published, by.comment);
      return published;
    },
    async setLive(id, version, by) {
      const before = await flows.get(id);
      const live = await flows.setLive(id, version, by);
      if (live.ok) await noteLive(before, live.value, by.comment);
      return live;
    },
    async saveDraft(id, document, by, expected) {
      const saved = await flows.saveDraft(id, document, by, expected);
      const object = { kind: 'flow', id };
      if (saved.ok) {
        const after = { draftRevision: saved.value.revision };
        await note({ action: 'flow.draftSaved', object, after });
      }
      return saved;
    },
    dropDraft: (id, expected) =>
      told(flows.dropDraft(id, expected), note, {
        action: 'flow.draftDropped',
        object: { kind: 'flow', id },
      }),
    async remove(id) {
      const before = liveOf(await flows.get(id));
      const object = { kind: 'flow', id };
      return told(flows.remove(id), note, { action: 'flow.removed', object, before });
    },
  };
}

/** The configuration's repositories, with `note` told of every change that is made through them. */
export const auditedConfiguration = (
  base: ConfigurationRepositories,
  note: TakeNote,
): ConfigurationRepositories => ({
  ...base,
  numbers: auditedMany(base.numbers, 'number', ({ dnis }) => dnis, note),
  queues: auditedMany(base.queues, 'queue', ({ id }) => id, note),
  dispositions: auditedMany(base.dispositions, 'disposition', ({ id }) => id, note),
  notReadyReasons: auditedMany(base.notReadyReasons, 'notReadyReason', ({ id }) => id, note),
  agents: auditedAgents(base.agents, note),
  calendars: auditedCalendars(base.calendars, note),
  flows: auditedFlows(base.flows, note),
  trunks: auditedTrunks(base.trunks, note),
  dialling: auditedDialling(base.dialling, note),
  settings: auditedSettings(base.settings, note),
  teams: auditedMany(base.teams, 'team', ({ id }) => id, note),
  skills: auditedMany(base.skills, 'skill', ({ id }) => id, note),
  groups: auditedMany(base.groups, 'group', ({ id }) => id, note),
  webhooks: auditedWebhooks(base.webhooks, note),
  users: auditedUsers(base.users, note),
});
