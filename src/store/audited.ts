import { currentActor, markNoted } from '../lib/acting.ts';
import { type EpochMs, iso } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { AuditEntry } from '../runtime/ports/access.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { ContactRepository } from '../runtime/ports/contacts.ts';
import type { FlowRepository, FlowVersion } from '../runtime/ports/flows.ts';
import type {
  AgentRepository,
  CalendarRepository,
  UserRepository,
  WebhookRepository,
} from '../runtime/ports/objects.ts';
import type { SettingsRepository } from '../runtime/ports/settings.ts';
import type { DiallingRepository, TrunkRepository } from '../runtime/ports/trunks.ts';

/** What was done, before anybody has said when and by whom. */
export type Note = Pick<AuditEntry, 'action' | 'object' | 'before' | 'after'>;
export type TakeNote = (note: Note) => Promise<void>;

/** Notes as entries: what happens now is done by whoever acts now. */
export function entriesOf(notes: readonly Note[], at: EpochMs): readonly AuditEntry[] {
  markNoted();
  return notes.map(({ before, after, ...note }) => ({
    at,
    actor: currentActor(),
    ...note,
    ...(before === undefined ? {} : { before: withTimes(before) }),
    ...(after === undefined ? {} : { after: withTimes(after) }),
  }));
}

const TIME = /(?:At|Since|Until)$|^(?:since|until)$/;

/** As the API says it: times are ISO 8601. */
function withTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withTimes);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      TIME.test(name) && typeof part === 'number' ? iso(part) : withTimes(part),
    ]),
  );
}

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

/** Tells that a secret was set, of what, and nothing of it. */
async function told<T>(
  outcome: Promise<Result<T, Refusal>>,
  note: TakeNote,
  what: Note,
): Promise<Result<T, Refusal>> {
  const done = await outcome;
  if (done.ok) await note(what);
  return done;
}

const auditedAgents = (agents: AgentRepository, note: TakeNote): AgentRepository => ({
  ...audited(agents, 'agent', ({ id }) => id, note),
  setSecrets(id, secrets) {
    const after = Object.fromEntries(Object.keys(secrets).map((name) => [name, 'set']));
    const object = { kind: 'agent', id };
    return told(agents.setSecrets(id, secrets), note, {
      action: 'agent.secretsSet',
      object,
      after,
    });
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
  numbers: audited(base.numbers, 'number', ({ dnis }) => dnis, note),
  queues: audited(base.queues, 'queue', ({ id }) => id, note),
  dispositions: audited(base.dispositions, 'disposition', ({ id }) => id, note),
  notReadyReasons: audited(base.notReadyReasons, 'notReadyReason', ({ id }) => id, note),
  agents: auditedAgents(base.agents, note),
  calendars: auditedCalendars(base.calendars, note),
  flows: auditedFlows(base.flows, note),
  trunks: auditedTrunks(base.trunks, note),
  dialling: auditedDialling(base.dialling, note),
  settings: auditedSettings(base.settings, note),
  teams: audited(base.teams, 'team', ({ id }) => id, note),
  skills: audited(base.skills, 'skill', ({ id }) => id, note),
  groups: audited(base.groups, 'group', ({ id }) => id, note),
  webhooks: auditedWebhooks(base.webhooks, note),
  users: auditedUsers(base.users, note),
});

export const auditedContacts = (
  contacts: ContactRepository,
  note: TakeNote,
): ContactRepository => ({
  ...contacts,
  async create(contact) {
    const made = await contacts.create(contact);
    const object = { kind: 'contact', id: contact.id };
    if (made.ok) await note({ action: 'contact.created', object, after: made.value });
    return made;
  },
  async change(id, decide) {
    let before: unknown;
    const changed = await contacts.change(id, (now) => {
      before = now;
      return decide(now);
    });
    const object = { kind: 'contact', id };
    if (changed.ok) await note({ action: 'contact.changed', object, before, after: changed.value });
    return changed;
  },
  async remove(id, demand) {
    let before: unknown;
    const removed = await contacts.remove(id, (now) => {
      before = now;
      demand(now);
    });
    const object = { kind: 'contact', id };
    if (removed.ok) await note({ action: 'contact.removed', object, before });
    return removed;
  },
  setAccount(id, account, demand) {
    const object = { kind: 'contact', id };
    return told(contacts.setAccount(id, account, demand), note, {
      action: 'contact.accountSet',
      object,
      after: { account: 'set', pin: 'set' },
    });
  },
  removeAccount(id, demand) {
    const object = { kind: 'contact', id };
    return told(contacts.removeAccount(id, demand), note, {
      action: 'contact.accountRemoved',
      object,
    });
  },
});
