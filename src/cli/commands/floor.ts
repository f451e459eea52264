import { type Command, print, type Terminal, text, type Values } from '../command.ts';
import { usageError } from '../errors.ts';
import { type Cell, clean, since, table } from '../table.ts';

/** As the API answers; only what is shown. */
interface Queue {
  readonly id: string;
  readonly live?: {
    readonly waiting: number;
    readonly offered: number;
    readonly talking: number;
    readonly oldestSince?: string;
    readonly agentsReady: number;
    readonly agentsSignedIn: number;
    readonly serviceLevel?: number;
    readonly ewt?: { readonly lowMs: number; readonly highMs: number };
  };
}

interface Agent {
  readonly id: string;
  readonly name: string;
  readonly extension: string;
  readonly queueIds: readonly string[];
  readonly live?: {
    readonly state: string;
    readonly since: string;
    readonly reason?: string;
    readonly callId?: string;
    readonly reachable: boolean;
  };
}

interface Call {
  readonly id: string;
  readonly stage: string;
  readonly arrivedAt: string;
  readonly queueId?: string;
  readonly position?: number;
  readonly agentId?: string;
  readonly context: { readonly ani?: string; readonly dnis: string; readonly name?: string };
}

interface Readiness {
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail?: string;
  }[];
}

const WATCH = { watch: { type: 'boolean' }, every: { type: 'string' } } as const;
const WATCH_SECONDS = 2;
/** Queues, at a glance. */
const ALL_SHOWN_MAX = 30;
const CLEAR = '\x1b[H\x1b[2J\x1b[3J';

const queuesOf = ({ client }: Terminal) => client.list<Queue>('/v1/queues');
const agentsOf = ({ client }: Terminal) => client.list<Agent>('/v1/agents');
const callsOf = ({ client }: Terminal) => client.list<Call>('/v1/calls');

function queueTable(queues: readonly Queue[], now: number): string {
  const row = ({ id, live }: Queue): readonly Cell[] => [
    id,
    live?.waiting,
    since(live?.oldestSince, now),
    live?.offered,
    live?.talking,
    live && `${live.agentsReady}/${live.agentsSignedIn}`,
    live?.serviceLevel === undefined ? undefined : `${Math.round(live.serviceLevel * 100)} %`,
    live?.ewt && `${Math.round(live.ewt.lowMs / 1_000)}–${Math.round(live.ewt.highMs / 1_000)} s`,
  ];
  const head = ['QUEUE', 'WAITING', 'OLDEST', 'RINGING', 'TALKING', 'READY/IN', 'SL', 'EXPECTED'];
  return table(head, queues.map(row));
}

/** Of hundreds, those where somebody waits or works: the one that matters is not looked for among the others. */
function queuesAtAGlance(queues: readonly Queue[], now: number): string {
  const lively = queues.filter(
    ({ live }) => live && live.waiting + live.offered + live.talking + live.agentsSignedIn > 0,
  );
  if (queues.length <= ALL_SHOWN_MAX) return queueTable(queues, now);
  const still = queues.length - lively.length;
  const rest = `${still} more where nobody waits and nobody is signed in: centralita queues.\n`;
  return queueTable(lively, now) + rest;
}

function agentTable(agents: readonly Agent[], now: number): string {
  const row = ({ id, name, extension, queueIds, live }: Agent): readonly Cell[] => [
    id,
    name,
    extension,
    live ? `${live.state}${live.reason ? ` (${live.reason})` : ''}` : undefined,
    since(live?.since, now),
    live?.reachable ? 'yes' : 'no',
    live?.callId,
    queueIds.join(','),
  ];
  const head = ['AGENT', 'NAME', 'EXT', 'STATE', 'FOR', 'PHONE', 'CALL', 'QUEUES'];
  return table(head, agents.map(row));
}

function callTable(calls: readonly Call[], now: number): string {
  const row = ({
    id,
    stage,
    arrivedAt,
    queueId,
    position,
    agentId,
    context,
  }: Call): readonly Cell[] => [
    id,
    stage,
    since(arrivedAt, now),
    context.ani,
    context.name,
    context.dnis,
    queueId === undefined ? undefined : `${queueId}${position ? ` #${position}` : ''}`,
    agentId,
  ];
  const head = ['CALL', 'STAGE', 'FOR', 'FROM', 'NAME', 'TO', 'QUEUE', 'AGENT'];
  return table(head, calls.map(row));
}

/** Shows it once, or again and again until somebody has seen enough. */
async function show(
  terminal: Terminal,
  values: Values,
  look: () => Promise<{ readonly value: unknown; readonly text: string }>,
): Promise<number> {
  const every = Number(text(values, 'every') ?? WATCH_SECONDS);
  if (!(every >= 0.5 && every <= 3_600)) throw usageError('--every: 0.5 to 3600 seconds.');
  for (;;) {
    const { value, text: shown } = await look();
    if (values.watch && terminal.interactive && !terminal.json) terminal.out(CLEAR);
    print(terminal, value, () => shown);
    if (!values.watch) return 0;
    await terminal.sleep(every * 1_000);
  }
}

const status: Command = {
  name: 'status',
  usage: '[--watch] [--every SECONDS]',
  summary: 'Queues, agents and what is wrong, at a glance',
  options: WATCH,
  arguments: { min: 0, max: 0 },
  run: (terminal, _args, values) =>
    show(terminal, values, async () => {
      const [health, queues, agents, calls] = await Promise.all([
        terminal.client.health<Readiness>(),
        queuesOf(terminal),
        agentsOf(terminal),
        callsOf(terminal),
      ]);
      const now = terminal.now();
      const troubles = health.checks.filter(({ ok, detail }) => !ok || detail !== undefined);
      const atWork = agents.filter(({ live }) => live && live.state !== 'offline');
      return {
        value: { health, queues, agents, calls },
        text: [
          `${calls.length} calls, ${atWork.length} of ${agents.length} agents signed in.`,
          ...troubles.map(
            ({ name, ok, detail = '' }) => `${ok ? 'Note' : 'TROUBLE'} ${name}: ${clean(detail)}`,
          ),
          '',
          queuesAtAGlance(queues, now),
          agentTable(atWork, now),
        ].join('\n'),
      };
    }),
};

const queues: Command = {
  name: 'queues',
  usage: '[--watch]',
  summary: 'Who waits where, and for how long',
  options: WATCH,
  arguments: { min: 0, max: 0 },
  run: (terminal, _args, values) =>
    show(terminal, values, async () => {
      const value = await queuesOf(terminal);
      return { value, text: queueTable(value, terminal.now()) };
    }),
};

const agents: Command = {
  name: 'agents',
  usage: '[--watch]',
  summary: 'Who is there, and what they are doing',
  options: WATCH,
  arguments: { min: 0, max: 0 },
  run: (terminal, _args, values) =>
    show(terminal, values, async () => {
      const value = await agentsOf(terminal);
      return { value, text: agentTable(value, terminal.now()) };
    }),
};

const calls: Command = {
  name: 'calls',
  usage: '[--watch]',
  summary: 'The calls in progress',
  options: WATCH,
  arguments: { min: 0, max: 0 },
  run: (terminal, _args, values) =>
    show(terminal, values, async () => {
      const value = await callsOf(terminal);
      return {
        value,
        text: value.length === 0 ? 'Nobody is calling.\n' : callTable(value, terminal.now()),
      };
    }),
};

export const floorCommands: readonly Command[] = [status, queues, agents, calls];
