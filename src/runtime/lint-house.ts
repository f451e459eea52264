import { isCountry } from '../callers/callers.ts';
import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { CalendarConfig } from '../model/calendar.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import type { FlowId } from '../model/ids.ts';
import type { NumberConfig } from '../model/number.ts';
import type { Directory } from './directory.ts';
import {
  type FlowWarning,
  flowWarnings,
  type HouseFacts,
  hasWayOut,
  nodesOf,
} from './lint-flow.ts';
import type { Configuration, HasRecording } from './ports/index.ts';

/** What fits together and will not do what somebody hoped (rules L8 to L15 of acd/SPEC.md): flows, numbers, hours, phones. */
export async function houseFindings(
  configuration: Configuration,
  directory: Directory,
  facts: HouseFacts,
): Promise<readonly Finding[]> {
  const uses = usesOf(directory);
  const reached = reachedFlows(directory);
  const overflows = overflowsOf(configuration);
  // The folders are looked into once.
  const isThere = await facts.recordings?.();
  return [
    ...[...directory.flows].flatMap(([id, flow]) =>
      flowWarnings(flow, configuration, facts, isThere).map(ofFlow(id)),
    ),
    ...configuration.flows
      .filter(({ id }) => !reached.has(id))
      .map(({ id }) =>
        warning('FLOW_UNUSED', `flows/${id}`, `Flow ${id}: no number leads to it, and no flow.`),
      ),
    ...configuration.queues
      .filter(({ id }) => !uses.has(id) && !overflows.has(id))
      .map(({ id }) =>
        warning(
          'QUEUE_UNREACHED',
          `queues/${id}`,
          `Queue ${id}: no flow and no overflow leads to it.`,
        ),
      ),
    ...configuration.queues
      .filter(({ callbackEnabled }) => callbackEnabled && hasWayOut(configuration, facts) === false)
      .map(({ id }) => {
        const message = `Queue ${id} promises call backs, and no call can leave the house: there is no trunk.`;
        return warning('NO_WAY_OUT', `queues/${id}/callbackEnabled`, message);
      }),
    ...configuration.numbers.flatMap((number) => languageFindings(number, directory)),
    ...configuration.numbers.flatMap(countryFindings),
    ...(isThere ? recordingFindings(configuration, directory, isThere) : []),
    ...configuration.calendars.flatMap(hoursFindings),
    ...(await phoneFindings(configuration, facts)),
  ];
}

const warning = (code: FindingCode, place: string, message: string): Finding => ({
  severity: 'warning',
  code,
  place,
  message,
});

/** As a finding of the whole configuration: `nodes.menu.prompts[0]` of a flow is `flows/principal/nodes/menu/prompts/0`. */
const ofFlow =
  (id: FlowId) =>
  ({ code, place, message }: FlowWarning): Finding => {
    const path = place.split(/[.[\]]+/).filter((part) => part !== '');
    return warning(code, ['flows', id, ...path].join('/'), `Flow ${id}: ${place}: ${message}.`);
  };

const usesOf = ({ flows }: Directory): ReadonlySet<string> =>
  new Set(
    [...flows.values()]
      .flatMap(nodesOf)
      .flatMap(({ fields: { queue, to } }) => [queue, to?.queue])
      .filter((id) => id !== undefined),
  );

const overflowsOf = ({ queues }: Configuration): ReadonlySet<string> =>
  new Set(
    queues.flatMap(({ overflow }) =>
      overflow.flatMap(({ to }) => ('queue' in to ? [to.queue] : [])),
    ),
  );

/** By a number, or by a flow that is itself reached. */
function reachedFlows({ numbers, flows }: Directory): ReadonlySet<string> {
  const reached = new Set<string>([...numbers.values()].map(({ flowId }) => flowId));
  for (const id of reached)
    for (const callee of flows.get(id as FlowId)?.subflows.keys() ?? []) reached.add(callee);
  return reached;
}

const baseOf = (language: string): string => language.split('-')[0] ?? language;

function languageFindings(number: NumberConfig, { flows }: Directory): readonly Finding[] {
  const { dnis, language, flowId } = number;
  const languages = flows.get(flowId)?.languages ?? [];
  if (languages.some((one) => baseOf(one) === baseOf(language))) return [];
  const message = `Number ${dnis} is for callers who speak ${language}: the prompts of flow ${flowId} are in ${languages.join(', ')}.`;
  return [warning('LANGUAGE_UNSPOKEN', `numbers/${dnis}/language`, message)];
}

/** The API refuses such a country; what was stored before it did so is still there. */
function countryFindings({ dnis, country }: NumberConfig): readonly Finding[] {
  if (isCountry(country)) return [];
  const message = `Number ${dnis}: ${country} is no country, so that only callers' numbers with a plus or a country code can be read: no others are recognised or rung back.`;
  return [warning('COUNTRY_UNKNOWN', `numbers/${dnis}/country`, message)];
}

/** The music of queues, and what is said of a closure. */
function recordingFindings(
  { queues, calendars }: Configuration,
  { flows }: Directory,
  isThere: HasRecording,
): readonly Finding[] {
  const languages = [...new Set([...flows.values()].flatMap((flow) => flow.languages))];
  const music = queues
    .filter((queue) => !isThere(queue.music))
    .map(({ id, music: name }) => {
      const message = `Queue ${id}: there is no music ${name}: callers hear the default.`;
      return warning('RECORDING_UNKNOWN', `queues/${id}/music`, message);
    });
  const closures = calendars.flatMap(({ id, closure }) => {
    const { audio } = closure?.message ?? {};
    if (audio === undefined || languages.every((language) => isThere(audio, language))) return [];
    const message = `Calendar ${id}: there is no recording ${audio}: callers hear nothing of the closure.`;
    return [warning('RECORDING_UNKNOWN', `calendars/${id}/closure/message`, message)];
  });
  return [...music, ...closures];
}

function hoursFindings({ id, hours, holidays, zone }: CalendarConfig): readonly Finding[] {
  const isEver =
    isOpenAt(hours, zone, 0) ||
    hoursChangeAfter(hours, zone, 0) !== undefined ||
    holidays.some((holiday) => (holiday.hours ?? []).length > 0);
  if (isEver) return [];
  return [warning('CALENDAR_NEVER_OPEN', `calendars/${id}/hours`, `Calendar ${id} is never open.`)];
}

/** Nobody's phone rings that cannot register. */
async function phoneFindings(
  { agents }: Configuration,
  { withoutPassword }: HouseFacts,
): Promise<readonly Finding[]> {
  const without = new Set(await withoutPassword?.());
  return agents
    .filter(({ id }) => without.has(id))
    .map(({ id, extension }) => {
      const message = `Agent ${id}: no sipPassword was ever set, so no phone can register as ${extension}.`;
      return warning('AGENT_WITHOUT_PASSWORD', `agents/${id}`, message);
    });
}
