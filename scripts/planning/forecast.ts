import { parseArgs } from 'node:util';
import { type ForecastColumn, type ForecastRow, forecast } from '../../src/planning/forecast.ts';
import { type ForecastRequest, forecastRequest } from '../../src/planning/forecast-request.ts';
import { intervalsOf } from '../../src/planning/own-history.ts';
import { percent, seconds, table } from '../../src/planning/table.ts';
import { houseZone, leave, UsageError, withRecords } from './support.ts';

const HELP = `How many agents it takes, per interval: by Erlang C (nobody hangs up), by Erlang A (callers hang up,
Garnett, Mandelbaum & Reiman 2002) and by playing the calls through the queue engine itself.

  npm run forecast -- --calls 120 --aht 180 --sl 80/20 --patience 90 --interval 30m --shrinkage 0.3
  npm run forecast -- --from 2026-11-01 --to 2026-11-22 --queue ventas --weekday mon,tue

  --calls N            calls expected in the interval
  --aht S              mean handle time: talk, hold and after-call work, in seconds
  --patience S         mean patience of callers, in seconds; without it nobody hangs up
  --sl P/S             P percent answered within S seconds (80/20)
  --short-abandon S    who hangs up sooner does not count (5)
  --interval T         30m, 900s or 1h (30m)
  --shrinkage F        share of paid time not at the phone (0): the roster is agents / (1 − F)
  --from D --to D      from own history: first day, and the day after the last
  --queue Q            only that queue's calls     --weekday mon,tue   only those days
  --zone Z             whose clock (TIME_ZONE of the house)
  --simulated-calls N  calls counted for each number of agents tried (4000), or 50 handle times; 0: no simulation
  --seed N             of the simulation (1)       --json              for machines

History is read from DATABASE_URL, or from the database under DATA_DIR (./data).
`;

const text = { type: 'string' } as const;
const TYPED = {
  calls: text,
  aht: text,
  patience: text,
  sl: text,
  'short-abandon': text,
  interval: text,
  shrinkage: text,
  from: text,
  to: text,
  queue: text,
  weekday: text,
  zone: text,
  'simulated-calls': text,
  seed: text,
  json: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

async function intervals(request: ForecastRequest) {
  if (request.kind === 'given') return [request.interval];
  // Days that are still to come have no calls yet, and make no average smaller.
  const to = Math.min(request.to, Date.now());
  return withRecords(async (records) => intervalsOf(await records.day(request.from, to), request));
}

function show(rows: readonly ForecastRow[]): string {
  const header = ['interval', 'calls', 'AHT', 'erlangs', 'model', 'agents', 'roster'];
  const lines = rows.flatMap((row) => {
    const { label, calls, handleTime, erlangs } = row;
    const given = [label, calls.toFixed(1), seconds(handleTime), erlangs.toFixed(2)];
    const models: readonly (readonly [string, ForecastColumn | undefined])[] = [
      ['Erlang C', row.erlangC],
      ['Erlang A', row.erlangA],
      ['engine', row.simulated],
    ];
    const found = models.flatMap(([model, column]) => (column ? [cells(model, column)] : []));
    return found.map((line, index) => [...(index === 0 ? given : ['', '', '', '']), ...line]);
  });
  return table([...header, 'SL', 'ASA', 'abandoned', 'occupancy'], lines);
}

const cells = (model: string, column: ForecastColumn): readonly string[] => [
  model,
  `${column.agents}`,
  `${column.scheduled}`,
  percent(column.serviceLevel),
  seconds(column.answerSpeed),
  percent(column.abandoned),
  percent(column.occupancy),
];

// Last: what stands above is there by then.
await leave(HELP, async () => {
  const { values } = parseArgs({ options: TYPED });
  if (values.help) return HELP;
  const isHistory = values.from !== undefined || values.to !== undefined;
  const request = forecastRequest(isHistory ? { zone: houseZone(), ...values } : values);
  if (!request.ok) throw new UsageError(request.error.join('\n'));
  const rows = forecast(await intervals(request.value), request.value.options);
  if (rows.length === 0) throw new Error('There are no calls in that history.');
  return values.json ? `${JSON.stringify(rows)}\n` : `${show(rows)}\n`;
});
