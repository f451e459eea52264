import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import Type, { type TProperties } from 'typebox';
import { parse } from 'yaml';
import { AgentBody } from '../../src/api/routes/agents/schemas.ts';
import { QueueBody } from '../../src/api/routes/queues/schemas.ts';
import { schemaProblems } from '../../src/ivr/problems.ts';
import { validatorOf } from '../../src/lib/schema.ts';
import { dateOf, dayEnd, instantOf, isDate, isZone } from '../../src/lib/zone.ts';
import { type Kind, overlay } from '../../src/planning/overlay.ts';
import { percent, seconds, table } from '../../src/planning/table.ts';
import type { DayFigures, QueueFigures } from '../../src/planning/tally.ts';
import { type WhatIf, whatIf } from '../../src/planning/whatif.ts';
import { houseZone, leave, UsageError, withRecords } from './support.ts';

const HELP = `A recorded day, played again through the queue engine with another configuration.

  npm run whatif -- --day 2026-11-20 --config changed.yaml

  --day D       the day, by the local clock       --zone Z   whose clock (TIME_ZONE of the house)
  --config F    YAML or JSON with what is to be different:
                  queues: [{ id: ventas, wrapUpMs: 5000 }]     only the fields that change
                  agents: [{ id: "1010", name: Nueva, queueIds: [ventas], skills: { ventas: 5 } }]
                  removeQueues: [], removeAgents: ["1003"]
  --seed N      of what has to be drawn (1)       --json     for machines

Printed side by side: the day as it was recorded, as the engine plays it with today's configuration (how close that
comes says how far to trust the rest), and with the changed one.

Callers arrive as they did and ask for what they did. Who hung up has that patience; who was answered first has one
drawn, beyond the wait that was seen, from the survival curve of the day's callers (Kaplan & Meier: answered callers
are censored). Conversations and after-call work last as recorded. Agents sign in, pause and sign out as they did,
and take, miss or refuse offers as often and as fast as they did; who is new works from the first sign-in on. Breaks
last as long as they did. Call backs and colleagues' calls are not played, and keep their agents as long as they did.
Not known, and not played: phones that were away, and what casual agents had used of their month before that day.
`;

const text = { type: 'string' } as const;
const TYPED = {
  day: text,
  config: text,
  zone: text,
  seed: { type: 'string', default: '1' },
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

await leave(HELP, async () => {
  const { values } = parseArgs({ options: TYPED });
  if (values.help) return HELP;
  const { day = '', zone = houseZone(), seed, config } = values;
  if (!isZone(zone)) throw new UsageError(`--zone takes a time zone, not "${zone}".`);
  if (!isDate(day)) throw new UsageError(`--day takes a day as 2026-11-20, not "${day}".`);
  if (!/^\d{1,9}$/.test(seed)) throw new UsageError(`--seed takes a number, not "${seed}".`);
  if (!config) throw new UsageError('--config is needed: a file with what is to be different.');
  const changes: unknown = parse(await readFile(config, 'utf8'));
  return withRecords(async (records) => {
    const recorded = await records.day(instantOf(zone, dateOf(day)), dayEnd(zone, day));
    if (recorded.calls.length === 0) throw new Error(`There are no calls in queues on ${day}.`);
    const today = { ...(await records.configuration()), zone };
    const changed = overlay(today, changes, {
      queue: kindOf(QueueBody.properties),
      agent: kindOf(AgentBody.properties),
    });
    if (!changed.ok) throw new UsageError(changed.error.join('\n'));
    const result = whatIf(recorded, today, changed.value, Number(seed));
    return values.json ? `${JSON.stringify({ day, zone, ...result })}\n` : show(result);
  });
});

/** By the schemas of the API, of which nothing is demanded here. */
function kindOf(properties: TProperties): Kind {
  const validator = validatorOf(Type.Partial(Type.Object(properties)));
  return {
    fields: new Set(Object.keys(properties)),
    problems: (item) => schemaProblems(validator.errors(item), ''),
  };
}

function show({ calls, recorded, replayed, changed }: WhatIf): string {
  const columns = [recorded, replayed, changed];
  const queueIds = [...new Set(columns.flatMap(({ queues }) => Object.keys(queues)))].sort();
  const rows = [
    ...queueRows(
      'all queues',
      columns.map(({ total }) => total),
    ),
    ...agentRows(columns),
    ...queueIds.flatMap((id) =>
      queueRows(
        id,
        columns.map(({ queues }) => queues[id]),
      ),
    ),
  ];
  return `${calls} calls\n\n${table(['', 'recorded', 'today', 'changed'], rows)}\n`;
}

function queueRows(
  name: string,
  figures: readonly (QueueFigures | undefined)[],
): readonly (readonly string[])[] {
  const row = (label: string, show: (queue: QueueFigures) => string) => [
    label,
    ...figures.map((queue) => (queue ? show(queue) : '–')),
  ];
  return [
    row(name, ({ offered }) => `${offered} calls`),
    row('  service level', ({ serviceLevel }) => percent(serviceLevel)),
    row('  abandonment', ({ abandonment }) => percent(abandonment)),
    row('  ASA', ({ answerSpeedMs }) => seconds(answerSpeedMs / 1_000)),
    row('  left otherwise', ({ leftOtherwise }) => `${leftOtherwise}`),
  ];
}

function agentRows(columns: readonly DayFigures[]): readonly (readonly string[])[] {
  const row = (label: string, show: (figures: DayFigures['agents']) => string) => [
    label,
    ...columns.map(({ agents }) => show(agents)),
  ];
  return [
    row('  occupancy', ({ occupancy }) => percent(occupancy)),
    row('  staffed', ({ staffedMs }) => `${(staffedMs / 3_600_000).toFixed(1)} h`),
    row('  by casual agents', ({ answeredByCasual }) => `${answeredByCasual} calls`),
    row('  casual agents used', ({ casualAgentsUsed }) => `${casualAgentsUsed}`),
  ];
}
