import { readFile } from 'node:fs/promises';
import { type Command, first, path, type Terminal, text } from '../command.ts';
import { refused, usageError } from '../errors.ts';
import { clean } from '../table.ts';
import { callNamed } from './which-call.ts';

/** One thing that happened: a step of the call's history, or a line of the log. */
interface Step {
  readonly atMs: number;
  readonly source: 'event' | 'log';
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface CallEvent {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

type Cdr = Readonly<Record<string, unknown>>;

const LOOK_MS = 500;
/** Nobody watches a single call for longer. */
const LOOKS_MAX = (4 * 3_600_000) / LOOK_MS;
const VALUE_MAX = 120;
const LOG_NOISE = new Set(['level', 'time', 'pid', 'hostname', 'msg', 'callId', 'v']);

/** From INVITE to CDR: what happened, while it happens; with the log's lines of the same call in between. */
export const follow: Command = {
  name: 'follow',
  usage: 'CALL|NUMBER [--log FILE]',
  summary:
    'A call from INVITE to CDR, while it happens; with the lines of a log file that concern it',
  options: { log: { type: 'string' } },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const id = await callNamed(terminal, first(args));
    const lines = await logLines(text(values, 'log'), id);
    let seen = 0;
    let from: number | undefined;
    let told = Number.NEGATIVE_INFINITY;
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      const cdr = await terminal.client.find<Cdr>(`/v1/cdrs/${path(id)}`);
      const events = await eventsOf(terminal, id);
      if (!cdr && events === undefined) throw refused(`There is no call ${id}.`);
      const fresh = (events ?? []).filter(({ seq }) => seq > seen);
      seen = fresh.at(-1)?.seq ?? seen;
      const last = cdr
        ? Number.POSITIVE_INFINITY
        : fresh.at(-1) && Date.parse(fresh.at(-1)?.at ?? '');
      const between = lines.filter(({ atMs }) => atMs > told && atMs <= (last ?? told));
      told = last ?? told;
      const steps = [...fresh.map(stepOf), ...between].sort((a, b) => a.atMs - b.atMs);
      from ??= steps[0]?.atMs;
      for (const step of steps) tell(terminal, step, from ?? step.atMs);
      if (cdr) return end(terminal, cdr);
      await terminal.sleep(LOOK_MS);
    }
    return 0;
  },
};

/** Undefined: no such call. */
async function eventsOf(terminal: Terminal, id: string): Promise<readonly CallEvent[] | undefined> {
  const known = await terminal.client.find(`/v1/calls/${path(id)}/events?limit=1`);
  return known === undefined
    ? undefined
    : terminal.client.list<CallEvent>(`/v1/calls/${path(id)}/events`);
}

const stepOf = ({ at, type, data }: CallEvent): Step => ({
  atMs: Date.parse(at),
  source: 'event',
  type,
  data,
});

function tell(terminal: Terminal, step: Step, fromMs: number): void {
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ ...step, at: new Date(step.atMs).toISOString() })}\n`);
    return;
  }
  const offset = ((step.atMs - fromMs) / 1_000).toFixed(3).padStart(9);
  const mark = step.source === 'log' ? ' log ' : ' ';
  terminal.out(
    `${offset}${mark}${clean(step.type)}  ${fieldsOf(step.data)}`.trimEnd().concat('\n'),
  );
}

const fieldsOf = (data: Step['data']): string =>
  Object.entries(data)
    .map(([name, value]) => `${name}=${clean(short(value))}`)
    .join(' ');

function short(value: unknown): string {
  const said = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return said.length > VALUE_MAX ? `${said.slice(0, VALUE_MAX)}…` : said;
}

function end(terminal: Terminal, cdr: Cdr): number {
  if (terminal.json) {
    terminal.out(`${JSON.stringify({ source: 'cdr', cdr })}\n`);
    return 0;
  }
  const rows = Object.entries(cdr)
    .filter(([, value]) => typeof value !== 'object')
    .map(([name, value]) => `  ${name}: ${clean(String(value))}`);
  terminal.out(['', 'The record:', ...rows, ''].join('\n'));
  return 0;
}

/** The lines of the call in a log as Centralita writes it: JSON, one a line. */
async function logLines(file: string | undefined, callId: string): Promise<readonly Step[]> {
  if (file === undefined) return [];
  const content = await readFile(file, 'utf8').catch((error: Error) => {
    throw usageError(`${file} cannot be read: ${error.message}`);
  });
  return content
    .split('\n')
    .filter((line) => line.includes(callId))
    .flatMap((line) => lineStep(line));
}

function lineStep(line: string): readonly Step[] {
  try {
    const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
    const data = Object.fromEntries(
      Object.entries(fields).filter(([name]) => !LOG_NOISE.has(name)),
    );
    const time = fields.time;
    const atMs = typeof time === 'number' ? time : Date.parse(String(time));
    return [{ atMs, source: 'log', type: String(fields.msg ?? ''), data }];
  } catch {
    // Not a line of ours: a banner, or one that was cut.
    return [];
  }
}
