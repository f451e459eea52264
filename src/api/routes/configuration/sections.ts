import type { Refusal } from '../../../lib/errors.ts';
import { ok, type Result } from '../../../lib/result.ts';
import { mapInSteps } from '../../../lib/slices.ts';
import type { CalendarConfig } from '../../../model/calendar.ts';
import { calendarId, flowId, queueId } from '../../../model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../model/queue.ts';
import type { CalendarRepository } from '../../../runtime/ports/objects.ts';
import { userSection, webhookSection } from './access-sections.ts';
import { agentSection } from './agent-section.ts';
import { labelSections, settingsSection } from './house-sections.ts';
import { plainSection } from './plain-section.ts';
import {
  CalendarEntry,
  DispositionEntry,
  FlowEntry,
  NumberEntry,
  QueueEntry,
  ReasonEntry,
} from './schemas.ts';
import { type Entry, each, inOrder, type Section, singly } from './section.ts';
import { diallingSection, trunkSection } from './trunk-sections.ts';

const text = (entry: Entry, name: string): string => String(entry[name]);

const calendarOf = ({ pin: _, ...entry }: Entry): CalendarConfig =>
  ({ holidays: [], phones: [], ...entry }) as unknown as CalendarConfig;

/** A closure is no configuration but something that has happened: it is neither read nor written here. */
const calendarEntry = ({ closure: _, ...calendar }: CalendarConfig): Entry => {
  const { holidays, phones, ...rest } = calendar;
  const some = {
    ...(holidays.length > 0 ? { holidays } : {}),
    ...(phones.length > 0 ? { phones } : {}),
  };
  return inOrder(CalendarEntry, { ...rest, ...some });
};

const calendars: Section = {
  name: 'calendars',
  noun: 'calendar',
  keyName: 'id',
  schema: CalendarEntry,
  comment: ' When a site may be called. `pin` closes it by phone: it goes in and never comes out.',
  entriesOf: (configuration) => configuration.calendars.map(calendarEntry),
  normal: (entry) => calendarEntry(calendarOf(entry)),
  *withEntries(configuration, entries) {
    return { ...configuration, calendars: yield* mapInSteps(entries, calendarOf) };
  },
  ...singly({
    keyName: 'id',
    async newSecret({ calendars }, entry) {
      if (entry.pin === undefined) return [];
      const id = calendarId(text(entry, 'id'));
      return (await calendars.hasPin(id, text(entry, 'pin'))) ? [] : ['pin'];
    },
    createOne: async ({ calendars }, entry) =>
      withPin(calendars, entry, await calendars.create(calendarOf(entry))),
    replaceOne: async ({ calendars }, entry) =>
      withPin(calendars, entry, await calendars.replace(calendarOf(entry))),
    removeOne: ({ calendars }, key) => calendars.remove(calendarId(key)),
  }),
};

async function withPin(
  calendars: CalendarRepository,
  entry: Entry,
  written: Result<unknown, Refusal>,
): Promise<Result<unknown, Refusal>> {
  if (!written.ok || entry.pin === undefined) return written;
  return calendars.setPin(calendarId(text(entry, 'id')), text(entry, 'pin'));
}

const queueOf = (entry: Entry): QueueConfig =>
  ({ ...QUEUE_DEFAULTS, ...entry }) as unknown as QueueConfig;

/** What a queue has in common with every other is not said: a default that gets better gets better for it too. */
const queueEntry = (queue: QueueConfig): Entry => {
  const defaults: Entry = { ...QUEUE_DEFAULTS };
  const own = Object.entries(queue).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
  );
  return inOrder(QueueEntry, Object.fromEntries(own));
};

const queues: Section = {
  name: 'queues',
  noun: 'queue',
  keyName: 'id',
  schema: QueueEntry,
  comment:
    ' Where callers wait. What a queue does not say, it takes from the defaults of the product.',
  entriesOf: (configuration) => each(configuration.queues, queueEntry),
  normal: (entry) => queueEntry(queueOf(entry)),
  *withEntries(configuration, entries) {
    return { ...configuration, queues: yield* mapInSteps(entries, queueOf) };
  },
  create: ({ queues }, entries) => queues.createAll(entries.map(queueOf)),
  replace: ({ queues }, entries) => queues.replaceAll(entries.map(queueOf)),
  remove: ({ queues }, keys) => queues.removeAll(keys.map(queueId)),
};

const flows: Section = {
  name: 'flows',
  noun: 'flow',
  keyName: 'id',
  schema: FlowEntry,
  comment:
    ' What callers hear, in the version that is live. A document that differs becomes the next version.',
  // Written by people: in the order in which they wrote it.
  entriesOf: (configuration) => configuration.flows.map(({ id, document }) => ({ id, document })),
  normal: ({ id, document }) => ({ id, document }),
  *withEntries(configuration, entries) {
    const versions = new Map(configuration.flows.map(({ id, version }) => [id, version]));
    const flows = yield* mapInSteps(entries, (entry) => {
      const id = flowId(text(entry, 'id'));
      return { id, version: versions.get(id) ?? 1, document: entry.document };
    });
    return { ...configuration, flows };
  },
  ...singly({
    keyName: 'id',
    createOne: async ({ flows }, entry, by) =>
      ok(await flows.publish(flowId(text(entry, 'id')), entry.document, by)),
    replaceOne: async ({ flows }, entry, by) =>
      ok(await flows.publish(flowId(text(entry, 'id')), entry.document, by)),
    removeOne: ({ flows }, key) => flows.remove(flowId(key)),
  }),
};

const numbers = plainSection(
  {
    name: 'numbers',
    noun: 'number',
    keyName: 'dnis',
    schema: NumberEntry,
    comment: ' The numbers that the company is called at.',
  },
  (configuration) => configuration.numbers,
  (repositories) => repositories.numbers,
);

const dispositions: Section = {
  ...plainSection(
    {
      name: 'dispositions',
      noun: 'disposition',
      keyName: 'id',
      schema: DispositionEntry,
      comment: ' What agents may say about conversations.',
    },
    (configuration) => configuration.dispositions ?? [],
    (repositories) => repositories.dispositions,
  ),
  objections: ({ queueIds = [] }, _context, { queues: there }) =>
    (queueIds as readonly string[])
      .filter((id) => !there.some((queue) => queue.id === id))
      .map((id) => `there is no queue ${id}`),
};

const notReadyReasons = plainSection(
  {
    name: 'notReadyReasons',
    noun: 'notReadyReason',
    keyName: 'id',
    schema: ReasonEntry,
    comment: ' Why agents may be not ready.',
  },
  (configuration) => configuration.notReadyReasons ?? [],
  (repositories) => repositories.notReadyReasons,
);

/** In the order in which they are made: each names only what stands before it. They are removed the other way. */
export const SECTIONS: readonly Section[] = [
  settingsSection,
  ...labelSections,
  calendars,
  queues,
  flows,
  numbers,
  dispositions,
  notReadyReasons,
  trunkSection,
  diallingSection,
  agentSection,
  webhookSection,
  userSection,
];
