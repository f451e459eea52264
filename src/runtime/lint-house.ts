import type { CompiledFlow } from '../ivr/flow.ts';
import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { CalendarConfig } from '../model/calendar.ts';
import type { Finding, FindingCode } from '../model/finding.ts';
import type { AgentId, FlowId } from '../model/ids.ts';
import type { NumberConfig } from '../model/number.ts';
import type { Directory } from './directory.ts';
import type { Configuration } from './ports/index.ts';

/** What only the house knows: its surroundings, and what it keeps secret. Whatever is absent is not looked at. */
export interface HouseFacts {
  /** Whether the operator allows flows to ask there. */
  mayAsk?(url: URL): boolean;
  /** Whether calls can leave the house at all. */
  dialsOut?(): boolean | undefined;
  /** Whose phones cannot register. */
  withoutPassword?(): Promise<readonly AgentId[]>;
}

/** What fits together and will not do what somebody hoped (rules L8 to L13 of acd/SPEC.md): flows, numbers, hours, phones. */
export async function houseFindings(
  configuration: Configuration,
  directory: Directory,
  facts: HouseFacts,
): Promise<readonly Finding[]> {
  const uses = usesOf(directory);
  const trunks = configuration.trunks ?? [];
  const dialsOut = () => trunks.some(({ enabled }) => enabled) || facts.dialsOut?.();
  return [
    ...[...directory.flows].flatMap(([id, flow]) => flowFindings(id, flow, { ...facts, dialsOut })),
    ...[...directory.flows].flatMap(([id, flow]) => exitFindings(id, flow, configuration)),
    ...configuration.flows
      .filter(({ id }) => !reachedFlows(directory).has(id))
      .map(({ id }) =>
        warning('FLOW_UNUSED', `flows/${id}`, `Flow ${id}: no number leads to it, and no flow.`),
      ),
    ...configuration.queues
      .filter(({ id }) => !uses.has(id) && !isOverflow(configuration, id))
      .map(({ id }) =>
        warning(
          'QUEUE_UNREACHED',
          `queues/${id}`,
          `Queue ${id}: no flow and no overflow leads to it.`,
        ),
      ),
    ...configuration.queues
      .filter(({ callbackEnabled }) => callbackEnabled && dialsOut() === false)
      .map(({ id }) => {
        const message = `Queue ${id} promises call backs, and no call can leave the house: there is no trunk.`;
        return warning('NO_WAY_OUT', `queues/${id}/callbackEnabled`, message);
      }),
    ...configuration.numbers.flatMap((number) => languageFindings(number, directory)),
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

/** As far as the linter looks into a node: what it asks, where it leads. */
interface NodeFields {
  readonly url?: string;
  readonly queue?: string;
  readonly onOverflow?: string | Readonly<Record<string, string>>;
  readonly to?: { readonly queue?: string; readonly number?: string; readonly sip?: string };
}

interface NodeView {
  readonly name: string;
  readonly type: string;
  readonly fields: NodeFields;
}

const nodesOf = ({ nodes }: CompiledFlow): readonly NodeView[] =>
  [...nodes].map(([name, { kind, config }]) => ({
    name,
    type: kind.type,
    fields: Object(config) as NodeFields,
  }));

/** Flows ask only hosts that are allowed, and send callers out only where there is a way. */
function flowFindings(id: FlowId, flow: CompiledFlow, facts: HouseFacts): readonly Finding[] {
  return nodesOf(flow).flatMap(({ name, type, fields }) => {
    const place = `flows/${id}/nodes/${name}`;
    if (type === 'request' && isForbidden(fields.url, facts)) {
      const message = `Flow ${id}: node ${name} asks ${hostOf(fields.url)}, which REQUEST_HOSTS does not name: it always fails.`;
      return [warning('REQUEST_NOT_ALLOWED', place, message)];
    }
    const outside = fields.to?.number ?? fields.to?.sip;
    if (type === 'transfer' && outside !== undefined && facts.dialsOut?.() === false) {
      const message = `Flow ${id}: node ${name} sends callers outside, and no call can leave the house: there is no trunk.`;
      return [warning('NO_WAY_OUT', place, message)];
    }
    return [];
  });
}

/** An exit that a rule of the queue names, and the flow's node knows nothing of. */
function exitFindings(
  id: FlowId,
  flow: CompiledFlow,
  { queues }: Configuration,
): readonly Finding[] {
  return nodesOf(flow).flatMap(({ name, type, fields: { queue, onOverflow = {} } }) => {
    if (type !== 'queue' || typeof onOverflow === 'string') return [];
    const rules = queues.find((one) => one.id === queue)?.overflow ?? [];
    const exits = new Set(rules.flatMap(({ to }) => ('exit' in to ? [to.exit] : [])));
    return [...exits]
      .filter((exit) => !Object.hasOwn(onOverflow, exit))
      .map((exit) => {
        const message = `Flow ${id}: queue ${queue} may send callers on by its exit ${exit}, which onOverflow of node ${name} does not name: they go where its time-out leads.`;
        return warning('EXIT_UNHANDLED', `flows/${id}/nodes/${name}`, message);
      });
  });
}

/** The part that says where has no places, so it can be judged before anybody calls. */
const isForbidden = (url: string | undefined, { mayAsk }: HouseFacts): boolean =>
  url !== undefined && mayAsk !== undefined && !mayAsk(new URL(originOf(url)));

const originOf = (url: string): string => /^https?:\/\/[^/]+/.exec(url)?.[0] ?? url;
const hostOf = (url = ''): string => originOf(url).replace(/^https?:\/\//, '');

const usesOf = ({ flows }: Directory): ReadonlySet<string> =>
  new Set(
    [...flows.values()]
      .flatMap(nodesOf)
      .flatMap(({ fields: { queue, to } }) => [queue, to?.queue])
      .filter((id) => id !== undefined),
  );

const isOverflow = ({ queues }: Configuration, id: string): boolean =>
  queues.some(({ overflow }) => overflow.some(({ to }) => 'queue' in to && to.queue === id));

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
