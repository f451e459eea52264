import { parseArgs } from 'node:util';
import type { Command, Terminal } from './command.ts';
import { callCommands } from './commands/calls.ts';
import { configCommands } from './commands/config.ts';
import { doorCommands } from './commands/doors.ts';
import { floorCommands } from './commands/floor.ts';
import { follow } from './commands/follow.ts';
import { keyCommands } from './commands/keys.ts';
import { listCommands } from './commands/lists.ts';
import { CommandError, usageError } from './errors.ts';

export const COMMANDS: readonly Command[] = [
  ...floorCommands,
  ...callCommands,
  follow,
  ...listCommands,
  ...doorCommands,
  ...keyCommands,
  ...configCommands,
];

/** What every command takes. */
export const GLOBAL = {
  url: { type: 'string' },
  key: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const GLOBAL_HELP = `  --url URL    where it runs; else CENTRALITA_URL, else http://127.0.0.1:8080
  --key KEY    an API key; else CENTRALITA_KEY, else ADMIN_API_KEY
  --json       for machines

Exits with 0 when all is well, 1 when it was refused, 2 when what was typed cannot be, 3 when nobody answers.
`;

export interface Request {
  readonly command: Command;
  readonly args: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
}

export function help(command?: Command): string {
  if (command)
    return `centralita ${command.name} ${command.usage}\n\n${command.summary}.\n\n${GLOBAL_HELP}`;
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `centralita COMMAND …\n\n${lines.join('\n')}\n\n${GLOBAL_HELP}`;
}

/** What was typed, as a command; undefined: somebody wants help. Throws what cannot be. */
export function read(argv: readonly string[]): Request | { readonly help: string } {
  const words = wordsOf(argv);
  const command = COMMANDS.find(
    ({ name }) => name === words.slice(0, name.split(' ').length).join(' '),
  );
  if (!command) {
    const wantsHelp = argv.length === 0 || argv.some((word) => word === '--help' || word === '-h');
    if (words[0] === 'help' || (words.length === 0 && wantsHelp)) return { help: help() };
    if (words.length === 0)
      throw usageError(`Which command? ${argv[0]} alone is none; --help lists them.`);
    throw usageError(`There is no command ${words.join(' ')}${nearest(words.join(' '))}`);
  }
  const parsed = parse(argv, command);
  if (parsed.values.help) return { help: help(command) };
  const args = parsed.positionals.slice(command.name.split(' ').length);
  const { min, max } = command.arguments;
  if (args.length < min || args.length > max)
    throw usageError(`As in: centralita ${command.name} ${command.usage}`);
  return { command, args, values: parsed.values };
}

/** What was typed without the options and what belongs to them, whichever command they are of. */
function wordsOf(argv: readonly string[]): readonly string[] {
  const options = Object.assign({}, ...COMMANDS.map((command) => command.options), GLOBAL);
  return parseArgs({ args: [...argv], allowPositionals: true, strict: false, options }).positionals;
}

function parse(argv: readonly string[], command: Command) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { ...command.options, ...GLOBAL },
    });
  } catch (error) {
    const usage = `As in: centralita ${command.name} ${command.usage}`;
    throw usageError(`${(error as Error).message}\n${usage}`);
  }
}

/** The commands that begin like what was typed. */
function nearest(typed: string): string {
  const start = typed.slice(0, 2);
  const like = COMMANDS.filter(({ name }) => name.startsWith(start) || name.includes(typed));
  return like.length === 0
    ? '; --help lists them.'
    : `. Did you mean: ${like.map(({ name }) => name).join(', ')}?`;
}

/** Runs it, and says in one sentence what went wrong. The exit code. */
export async function run({ command, args, values }: Request, terminal: Terminal): Promise<number> {
  try {
    return (await command.run(terminal, args, values)) ?? 0;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`${error.message}\n`);
    return error.exitCode;
  }
}
