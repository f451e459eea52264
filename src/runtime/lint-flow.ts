import { type CompiledFlow, recordingsOf } from '../ivr/flow.ts';
import type { FindingCode } from '../model/finding.ts';
import type { AgentId } from '../model/ids.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Configuration, HasRecording } from './ports/index.ts';

/** What only the house knows: its surroundings, and what it keeps secret. Whatever is absent is not looked at. */
export interface HouseFacts {
  /** Whether the operator allows flows to ask there. */
  mayAsk?(url: URL): boolean;
  /** Whether calls can leave the house at all. */
  dialsOut?(): boolean | undefined;
  /** Whose phones cannot register. */
  withoutPassword?(): Promise<readonly AgentId[]>;
  /** Which recordings and music there are by name now, for callers of a language. */
  recordings?(): Promise<HasRecording>;
}

/** Whether calls can leave the house. Undefined: nobody has said. */
export const hasWayOut = (
  { trunks = [] }: Configuration,
  { dialsOut }: HouseFacts,
): boolean | undefined => trunks.some(({ enabled }) => enabled) || dialsOut?.();

/** What of a flow that can be published will not do what its author hoped. */
export interface FlowWarning {
  readonly code: FindingCode;
  /** As the checker of flows writes it: `nodes.consulta.url`. */
  readonly place: string;
  readonly message: string;
}

/** As far as the linter looks into a node: what it asks, where it leads. */
interface NodeFields {
  readonly url?: string;
  readonly queue?: string;
  readonly onOverflow?: string | Readonly<Record<string, string>>;
  readonly to?: { readonly queue?: string; readonly number?: string; readonly sip?: string };
}

interface NodeView {
  readonly place: string;
  readonly type: string;
  readonly fields: NodeFields;
}

export const nodesOf = ({ nodes }: CompiledFlow): readonly NodeView[] =>
  [...nodes].map(([name, { kind, config }]) => ({
    place: `nodes.${name}`,
    type: kind.type,
    fields: Object(config) as NodeFields,
  }));

/** What only the house can say of a flow: rules L9, L10, L13 and L14 of acd/SPEC.md. `isThere` is what `recordings` says. */
export function flowWarnings(
  flow: CompiledFlow,
  configuration: Configuration,
  facts: HouseFacts,
  isThere: HasRecording | undefined,
): readonly FlowWarning[] {
  const dialsOut = hasWayOut(configuration, facts);
  return [
    ...nodesOf(flow).flatMap((node) => [
      ...requestWarnings(node, facts),
      ...(dialsOut === false ? transferWarnings(node) : []),
      ...exitWarnings(node, configuration.queues),
    ]),
    ...(isThere ? recordingWarnings(flow, isThere) : []),
  ];
}

function requestWarnings(
  { place, type, fields: { url } }: NodeView,
  { mayAsk }: HouseFacts,
): readonly FlowWarning[] {
  // The part that says where has no places, so it can be judged before anybody calls.
  if (type !== 'request' || url === undefined || !mayAsk || mayAsk(new URL(originOf(url))))
    return [];
  const host = originOf(url).replace(/^https?:\/\//, '');
  return [
    {
      code: 'REQUEST_NOT_ALLOWED',
      place: `${place}.url`,
      message: `asks ${host}, which REQUEST_HOSTS does not name: it always fails`,
    },
  ];
}

const originOf = (url: string): string => /^https?:\/\/[^/]+/.exec(url)?.[0] ?? url;

function transferWarnings({ place, type, fields: { to } }: NodeView): readonly FlowWarning[] {
  const outside = to?.number ?? to?.sip;
  if (type !== 'transfer' || outside === undefined) return [];
  return [
    {
      code: 'NO_WAY_OUT',
      place: `${place}.to`,
      message: 'sends callers outside, and no call can leave the house: there is no trunk',
    },
  ];
}

/** An exit that a rule of the queue names, and the flow's node knows nothing of. */
function exitWarnings(
  { place, type, fields: { queue, onOverflow = {} } }: NodeView,
  queues: readonly QueueConfig[],
): readonly FlowWarning[] {
  if (type !== 'queue' || typeof onOverflow === 'string') return [];
  const rules = queues.find((one) => one.id === queue)?.overflow ?? [];
  const exits = new Set(rules.flatMap(({ to }) => ('exit' in to ? [to.exit] : [])));
  return [...exits]
    .filter((exit) => !Object.hasOwn(onOverflow, exit))
    .map((exit) => ({
      code: 'EXIT_UNHANDLED',
      place,
      message: `queue ${queue} may send callers on by its exit ${exit}, which onOverflow does not name: they go where its time-out leads`,
    }));
}

function recordingWarnings(flow: CompiledFlow, isThere: HasRecording): readonly FlowWarning[] {
  return recordingsOf(flow).flatMap(({ name, place }) => {
    const without = flow.languages.filter((language) => !isThere(name, language));
    if (without.length === 0) return [];
    const whom = without.length === flow.languages.length ? '' : ` for ${without.join(', ')}`;
    const message = `there is no recording ${name}${whom}: callers hear nothing here until it is uploaded`;
    return [{ code: 'RECORDING_UNKNOWN', place, message }];
  });
}
