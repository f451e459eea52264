import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { campaign, reproduce } from './campaign.ts';
import { parseArrivals } from './history.ts';
import { namedTest } from './named-test.ts';
import { shrink } from './shrink.ts';
import { type SimulationOptions, scriptOf, simulate } from './simulate.ts';

const HELP = `npm run simulate -- [--seed N] [--events N] [--json]
  One simulated day of the real engine under audit; the seed decides everything. Exit 1: a rule was broken.

  --arrivals day.csv   calls come as recorded: CSV with columns at and queue, or JSON
  --shrink             makes the failing day as small as it gets, and prints it as a test
  --campaign N         N days from that seed on, with events per second
`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    events: { type: 'string', default: '20000' },
    arrivals: { type: 'string' },
    campaign: { type: 'string' },
    shrink: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function main(): number {
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const seed = wholeNumber('seed', values.seed ?? `${Date.now() % 1_000_000_000}`);
  const events = wholeNumber('events', values.events);
  const arrivals = values.arrivals && parseArrivals(readFileSync(values.arrivals, 'utf8'));
  const options = { seed, events, ...(arrivals ? { arrivals } : {}) };
  if (values.campaign !== undefined) return runCampaign(options);
  return values.shrink ? runShrink(options) : runDay(options);
}

function runDay(options: SimulationOptions): number {
  const started = performance.now();
  const result = simulate(options);
  report({ ...result, ...speed(result.events, started) });
  if (result.violations.length === 0) return 0;
  process.stderr.write(`Again, smaller: ${reproduce(options.seed, options.events)}\n`);
  return 1;
}

function runCampaign({ seed, events }: SimulationOptions): number {
  const days = wholeNumber('campaign', values.campaign ?? '');
  const started = performance.now();
  const result = campaign({
    seed,
    days,
    events,
    onDay({ seed: day, violations }) {
      if (violations.length > 0) process.stderr.write(`seed ${day}: ${violations[0]}\n`);
    },
  });
  report({ ...result, ...speed(result.events, started) });
  return result.violations.length === 0 ? 0 : 1;
}

function runShrink(options: SimulationOptions): number {
  const { violations } = simulate(options);
  if (violations.length === 0) {
    process.stderr.write(`Seed ${options.seed} breaks no rule: there is nothing to shrink.\n`);
    return 0;
  }
  const { script, violation, tries } = shrink(scriptOf(options));
  process.stdout.write(`${namedTest(options.seed, violation, script)}\n`);
  process.stderr.write(`${script.length} steps left, after ${tries} tries. ${violation}\n`);
  return 1;
}

function speed(events: number, started: number): { seconds: number; eventsPerSecond: number } {
  const seconds = (performance.now() - started) / 1_000;
  return { seconds: Number(seconds.toFixed(3)), eventsPerSecond: Math.round(events / seconds) };
}

const report = (result: object): void =>
  void process.stdout.write(`${JSON.stringify(result, null, values.json ? 0 : 2)}\n`);

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  process.stderr.write(`--${name} takes a whole number, not "${text}".\n${HELP}`);
  process.exit(2);
}

process.exitCode = main();
