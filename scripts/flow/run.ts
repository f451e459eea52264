import { createInterface } from 'node:readline';
import { parseFlow } from '../../src/ivr/flow.ts';
import { show } from '../../src/lib/yaml-source.ts';
import { COMMAND_HELP, obey } from './commands.ts';
import { type Company, companyOf, idOf, knownTo, sourceOf, Unreadable } from './company.ts';
import { Walk } from './walk.ts';

const NOBODY: Company = { numbers: [], calendars: [], queues: [], contacts: [], flows: [] };

export interface RunOptions {
  readonly company?: string;
  /** Who calls, and which number. */
  readonly from?: string;
  readonly to?: string;
  /** When; milliseconds since the epoch. */
  readonly now: number;
  readonly zone: string;
}

/** Walks a flow by what is typed. Resolves with how many lines could not be obeyed. */
export async function runFile(file: string, options: RunOptions): Promise<number> {
  const walk = walkOf(file, options);
  const interactive = process.stdin.isTTY === true;
  if (interactive) print('help says what can be typed.');
  walk.call(options.from);
  const lines = createInterface({ input: process.stdin, terminal: interactive, prompt: '> ' });
  if (interactive) {
    lines.setPrompt('> ');
    lines.on('SIGINT', () => lines.close());
    lines.prompt();
    lines.on('line', () => setImmediate(() => lines.prompt()));
  }
  let refused = 0;
  for await (const line of lines) {
    if (line.trim() === 'quit') break;
    if (line.startsWith('//')) continue;
    if (!interactive) print(`> ${line}`);
    if (!obeyed(walk, line)) refused += 1;
  }
  lines.close();
  return refused;
}

function obeyed(walk: Walk, line: string): boolean {
  const word = line.trim();
  if (word === 'help') print(COMMAND_HELP);
  else if (word === 'context') print(JSON.stringify(walk.context, null, 2));
  else if (walk.over && !/^(who|time)\b/.test(word))
    print('? the call is over; who begins another');
  else if (!obey(walk, line))
    print(`? ${word}: not now, or not known; help says what can be typed`);
  else return true;
  return word === 'help' || word === 'context';
}

function walkOf(file: string, options: RunOptions): Walk {
  const source = sourceOf(file);
  const company = companyOf(file, options.company);
  const parsed = parseFlow(source.value, knownTo(source.value, company), idOf(file));
  if (!parsed.ok) {
    const lines = parsed.error.map(
      (problem) => `${file}:${show(source.positionOf(problem))}: ${problem}`,
    );
    throw new Unreadable(lines.join('\n'));
  }
  const numbers = company?.numbers ?? [];
  const number = numbers.find(({ dnis, flowId }) =>
    options.to === undefined ? flowId === idOf(file) : dnis === options.to,
  );
  if (options.to !== undefined && !number)
    throw new Unreadable(
      `There is no number ${options.to}; there are ${numbers.map(({ dnis }) => dnis).join(', ')}.`,
    );
  return new Walk({
    company: company ?? NOBODY,
    flow: parsed.value,
    number: number ?? {
      dnis: '8005550100',
      language: parsed.value.languages[0] ?? 'es-MX',
      country: 'MX',
    },
    now: options.now,
    zone: options.zone,
    print,
  });
}

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
