import {
  type CompiledFlow,
  type FlowConfiguration,
  flowChecker,
  messageTexts,
  type SpokenText,
  spokenTexts,
} from '../ivr/flow.ts';
import { atOnce, type InSteps } from '../lib/slices.ts';
import type { AgentConfig } from '../model/agent.ts';
import { arrivalProblems, reachProblems } from '../model/arrival.ts';
import { type CalendarConfig, calendarProblems } from '../model/calendar.ts';
import { LANGUAGES, type Language } from '../model/contact.ts';
import type { AgentId, CalendarId, FlowId, QueueId } from '../model/ids.ts';
import type { NumberConfig } from '../model/number.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Disposition } from '../model/reasons.ts';
import { FlowMemory } from './flow/memory.ts';
import type { Configuration, InboundCall, Repertoire } from './ports/index.ts';

/** The configuration, checked and made ready to be looked things up in. */
export interface Directory {
  readonly queues: ReadonlyMap<QueueId, QueueConfig>;
  readonly agents: ReadonlyMap<AgentId, AgentConfig>;
  readonly agentByExtension: ReadonlyMap<string, AgentConfig>;
  readonly flows: ReadonlyMap<FlowId, CompiledFlow>;
  readonly numbers: ReadonlyMap<string, NumberConfig>;
  /** Why agents are not ready: ids by what is typed on a phone. */
  readonly reasonByCode: ReadonlyMap<string, string>;
  /** What agents may say of conversations. */
  readonly dispositions: readonly Disposition[];
  /** Of the phones that may close one. */
  readonly calendarByPhone: ReadonlyMap<string, CalendarId>;
  /** All there are, by how many numbers are answered in them. */
  readonly languages: readonly Language[];
  /** What our own phones are spoken to in: the language of most numbers. */
  readonly language: Language;
  /** What flows may ask. */
  readonly world: FlowConfiguration;
}

type Compiled = { readonly directory: Directory } | { readonly problems: readonly string[] };

/** What cannot work is named, one line each; then there is no directory. `zone` is the site's, `memory` of the last time. */
export const compileDirectory = (
  configuration: Configuration,
  zone: string,
  memory?: FlowMemory,
): Compiled => atOnce(compileInSteps(configuration, zone, memory));

export function* compileInSteps(
  configuration: Configuration,
  zone: string,
  memory = new FlowMemory(),
): InSteps<Compiled> {
  const { flows, problems: unfit } = yield* memory.read(configuration);
  const problems = [...unfit];
  const queueIds = new Set(configuration.queues.map((queue) => queue.id));
  const flowIds = new Set(configuration.flows.map(({ id }) => id));
  for (const number of configuration.numbers) {
    if (!flowIds.has(number.flowId)) {
      problems.push(`number ${number.dnis}: there is no flow ${number.flowId}`);
    }
  }
  for (const agent of configuration.agents) {
    yield;
    const unknown = agent.queueIds.filter((queueId) => !queueIds.has(queueId));
    problems.push(...unknown.map((queueId) => `agent ${agent.id}: there is no queue ${queueId}`));
    problems.push(...reachProblems(agent).map((problem) => `agent ${agent.id}: ${problem}`));
  }
  for (const { id, arrival, recording } of configuration.queues) {
    problems.push(...arrivalProblems(arrival).map((problem) => `queue ${id}: ${problem}`));
    // Who cannot be told is not recorded: nobody would notice before somebody looks for the recording.
    const unsaid = recording?.notice ? flowChecker.checkMessage(recording.notice.message) : [];
    problems.push(...unsaid.map((problem) => `queue ${id}: recording.notice.${problem}`));
  }
  problems.push(...configuration.calendars.flatMap(calendarProblems));
  problems.push(...sharedPhones(configuration.calendars));
  if (problems.length > 0) return { problems };
  const languages = commonestFirst(configuration.numbers.map(({ language }) => language));
  return {
    directory: {
      flows,
      queues: new Map(configuration.queues.map((queue) => [queue.id, queue])),
      agents: new Map(configuration.agents.map((agent) => [agent.id, agent])),
      agentByExtension: new Map(configuration.agents.map((agent) => [agent.extension, agent])),
      numbers: new Map(configuration.numbers.map((number) => [digitsOf(number.dnis), number])),
      reasonByCode: new Map(
        (configuration.notReadyReasons ?? []).flatMap(({ id, code }) =>
          code === undefined ? [] : [[code, id] as const],
        ),
      ),
      dispositions: configuration.dispositions ?? [],
      calendarByPhone: new Map(
        configuration.calendars.flatMap(({ id, phones }) => phones.map((phone) => [phone, id])),
      ),
      languages,
      language: languages[0] ?? LANGUAGES[0],
      world: {
        zone,
        calendars: new Map(configuration.calendars.map((calendar) => [calendar.id, calendar])),
      },
    },
  };
}

/** A phone that dials *75 must mean one calendar. */
function sharedPhones(calendars: readonly CalendarConfig[]): readonly string[] {
  const first = new Map<string, CalendarConfig>();
  return calendars.flatMap((calendar) =>
    calendar.phones.flatMap((phone) => {
      const other = first.get(phone);
      if (!other) first.set(phone, calendar);
      return other
        ? [`calendar ${calendar.id}: phone ${phone} is one of calendar ${other.id}`]
        : [];
    }),
  );
}

/** The hours of the number that was called; of a code that a phone of ours dialled, those that it may close. */
export function calendarOf(
  directory: Directory,
  { dnis, fromExtension }: InboundCall,
): CalendarId | undefined {
  const number = numberOf(directory, dnis);
  return number ? number.calendarId : directory.calendarByPhone.get(fromExtension ?? '');
}

/** Those that are equally common, in the order of the list of languages. */
function commonestFirst(spoken: readonly Language[]): readonly Language[] {
  const count = (language: Language) => spoken.filter((one) => one === language).length;
  return LANGUAGES.toSorted((a, b) => count(b) - count(a));
}

/** All that callers may be told: first what was closed a moment ago, then what is said by flows that numbers lead to. */
export function repertoireOf(
  { flows, numbers, queues, world, languages }: Directory,
  featureFlows: ReadonlyMap<string, CompiledFlow>,
): Repertoire {
  const closures = [...world.calendars.values()].flatMap(({ closure }) =>
    closure?.message ? messageTexts(closure.message) : [],
  );
  const notices = [...queues.values()].flatMap(({ recording }) =>
    recording?.notice ? messageTexts(recording.notice.message) : [],
  );
  const answering = new Map([...numbers.values()].map(({ flowId }) => [flowId, flows.get(flowId)]));
  const all = new Set([...answering.values(), ...flows.values(), ...featureFlows.values()]);
  return {
    languages,
    greetings: [...closures, ...present([...answering.values()]).flatMap(greetingsOf)],
    sentences: [...closures, ...notices, ...present([...all]).flatMap(spokenTexts)],
  };
}

const present = <T>(items: readonly (T | undefined)[]): readonly T[] =>
  items.filter((item) => item !== undefined);

/** The first sentence that callers of each language hear. */
const greetingsOf = (flow: CompiledFlow): readonly SpokenText[] =>
  flow.languages.flatMap(
    (language) => spokenTexts(flow).find((text) => text.language === language) ?? [],
  );

/** A trunk may write our number with a plus or without. */
export function numberOf(directory: Directory, dnis: string): NumberConfig | undefined {
  return directory.numbers.get(digitsOf(dnis));
}

const digitsOf = (dnis: string): string => dnis.replace(/^\+/, '');
