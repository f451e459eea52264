import { parseArgs } from 'node:util';
import { parseConfig } from '../src/config/parse.ts';
import { DAY_MS, iso, systemClock } from '../src/lib/clock.ts';
import { silentLogger } from '../src/lib/log.ts';
import { dateLabel, dateOf, dayEnd, instantOf, isZone } from '../src/lib/zone.ts';
import { Bureau } from '../src/store/reports/bureau.ts';
import { leave, UsageError, withDatabase } from './planning/support.ts';

const HELP = `Computes the figures of reports anew from the records, beside a house that runs or without one.

  npm run reports -- replay 2026-11-20                 one day
  npm run reports -- replay 2026-11-01 2026-11-30      from the first to the last
  npm run reports -- refresh                           what came since the last look
  npm run reports -- keep                              drops the months that are over their time

  --zone Z   whose days (TIME_ZONE of the house)

Doing it twice changes nothing. The database is that of DATABASE_URL, or the one under DATA_DIR (./data).
`;

const DAYS_MAX = 400;

await leave(HELP, async () => {
  const { values, positionals } = parseArgs({
    options: { zone: { type: 'string' }, help: { type: 'boolean' } },
    allowPositionals: true,
  });
  if (values.help) return HELP;
  const [command, first, last = first] = positionals;
  const days = command === 'replay' ? daysOf(first, last) : [];
  if (!['replay', 'refresh', 'keep'].includes(command ?? ''))
    throw new UsageError('Say replay, refresh or keep.');
  return withDatabase(async (databaseUrl) => {
    const config = parseConfig(process.env);
    if (!config.ok) throw new Error(config.error.join('\n'));
    const { reports, zone: house } = config.value;
    const zone = values.zone ?? house;
    if (!isZone(zone)) throw new UsageError(`${zone} is no time zone.`);
    const bureau = new Bureau(
      { databaseUrl, zone, ...reports, everyMs: 0 },
      systemClock,
      silentLogger,
    );
    try {
      if (command === 'keep') return `${await bureau.keep()} partitions went.\n`;
      if (command === 'refresh') await bureau.refresh();
      if (command === 'refresh') return 'The figures have everything that was written down.\n';
      return await replay(bureau, zone, days);
    } finally {
      await bureau.close();
    }
  });
});

async function replay(bureau: Bureau, zone: string, days: readonly string[]): Promise<string> {
  for (const day of days) {
    const from = instantOf(zone, dateOf(day));
    const to = dayEnd(zone, day);
    const calls = await bureau.replay(from, to);
    process.stdout.write(`${day} (${iso(from)} to ${iso(to)}): ${calls} calls\n`);
  }
  return '';
}

function daysOf(first = '', last = ''): readonly string[] {
  for (const day of [first, last])
    if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(dateOf(day)))
      throw new UsageError(`replay: expected a day as 2026-11-20, got ${day || 'nothing'}.`);
  const days: string[] = [];
  for (let date = dateOf(first); date <= dateOf(last) && days.length <= DAYS_MAX; date += DAY_MS)
    days.push(dateLabel(date));
  if (days.length === 0 || days.length > DAYS_MAX)
    throw new UsageError(`replay: expected 1 to ${DAYS_MAX} days.`);
  return days;
}
