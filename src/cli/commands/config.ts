import { readFile, writeFile } from 'node:fs/promises';
import { type Command, first, print, type Terminal, text, type Values } from '../command.ts';
import { CommandError, refused, usageError } from '../errors.ts';
import { type Plan, planText } from './plan-text.ts';

const YAML = 'application/yaml';
/** Of ten megabytes, whose flows are spoken before they are applied. */
const FILE_MS_MAX = 180_000;

const exportFile: Command = {
  name: 'config export',
  usage: '[FILE]',
  summary: 'The whole configuration as YAML, to FILE or to the screen',
  arguments: { min: 0, max: 1 },
  async run(terminal, [file]) {
    const accept = terminal.json ? 'application/json' : YAML;
    const { text: yaml } = await terminal.client.send('GET', '/v1/configuration', {
      accept,
      answerMsMax: FILE_MS_MAX,
    });
    if (file === undefined || file === '-') terminal.out(yaml);
    else {
      await writeFile(file, yaml).catch((error: Error) => {
        throw usageError(`${file} cannot be written: ${error.message}`);
      });
      terminal.err(`Written: ${file}\n`);
    }
    return 0;
  },
};

const diff: Command = {
  name: 'config diff',
  usage: 'FILE [--remove]',
  summary:
    'What applying FILE would change; exits with 1 when it is anything, with 2 when it could not work',
  options: { remove: { type: 'boolean', default: false } },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const plan = await planOf(terminal, await read(first(args)), values).catch(refusedAsUsage);
    print(terminal, plan, () => planText(plan));
    if (plan.problems.length > 0) return 2;
    return plan.changes.length > 0 ? 1 : 0;
  },
};

/** 1 says that the two differ: of what was not compared that is not known. */
function refusedAsUsage(error: unknown): never {
  throw error instanceof CommandError && error.exitCode === 1 ? usageError(error.message) : error;
}

const apply: Command = {
  name: 'config apply',
  usage: 'FILE [--yes] [--remove] [--comment TEXT]',
  summary: 'Shows the plan, asks, and makes it so: all of it or nothing',
  options: {
    yes: { type: 'boolean', default: false },
    remove: { type: 'boolean', default: false },
    comment: { type: 'string' },
  },
  arguments: { min: 1, max: 1 },
  async run(terminal, args, values) {
    const yaml = await read(first(args));
    const plan = await planOf(terminal, yaml, values);
    if (!terminal.json) terminal.out(planText(plan));
    if (plan.problems.length > 0) {
      if (terminal.json) print(terminal, plan, () => '');
      throw refused('Nothing was changed.');
    }
    if (plan.changes.length > 0 && !values.yes) await demandYes(terminal);
    const applied =
      plan.changes.length === 0 ? plan : await applyPlan(terminal, yaml, plan, values);
    print(terminal, applied, () => (applied.applied ? 'Done: new calls go by it now.\n' : ''));
    return 0;
  },
};

const lint: Command = {
  name: 'config lint',
  usage: '[FILE]',
  summary: 'What in the configuration, or in FILE, cannot work or will not do what was meant',
  arguments: { min: 0, max: 1 },
  async run(terminal, [file]) {
    const found: { findings: Finding[]; problems?: readonly string[] } =
      file === undefined
        ? await terminal.client.get<{ findings: Finding[] }>('/v1/configuration/lint')
        : await planOf(terminal, await read(file), {});
    const { problems = [] } = found;
    print(terminal, { problems, findings: found.findings }, () =>
      [
        ...problems.map((problem) => `error  ${problem}`),
        ...found.findings.map(({ severity, message }) => `${severity}  ${message}`),
        ...(problems.length + found.findings.length === 0 ? ['Nothing stands out.'] : []),
        '',
      ].join('\n'),
    );
    const errors = found.findings.some(({ severity }) => severity === 'error');
    return errors || problems.length > 0 ? 1 : 0;
  },
};

interface Finding {
  readonly severity: string;
  readonly place: string;
  readonly message: string;
}

const planOf = (
  terminal: Terminal,
  yaml: Uint8Array,
  { remove }: Values,
): Promise<Plan & { findings: Finding[] }> =>
  terminal.client.json('POST', `/v1/configuration/plan?remove=${remove ?? false}`, {
    body: yaml,
    contentType: YAML,
    answerMsMax: FILE_MS_MAX,
  });

/** The server plans it again, and refuses when the configuration is not the one that was shown. */
function applyPlan(
  terminal: Terminal,
  yaml: Uint8Array,
  plan: Plan,
  values: Values,
): Promise<Plan> {
  const comment = text(values, 'comment');
  const query = new URLSearchParams({
    remove: String(values.remove ?? false),
    ...(comment === undefined ? {} : { comment }),
  });
  return terminal.client.json('POST', `/v1/configuration/apply?${query}`, {
    body: yaml,
    contentType: YAML,
    answerMsMax: FILE_MS_MAX,
    ifMatch: `"${plan.digest}"`,
  });
}

async function demandYes(terminal: Terminal): Promise<void> {
  const answer = await terminal.ask('Apply? [y/N] ');
  if (answer === undefined)
    throw usageError('Nobody is there to be asked: --yes applies without a question.');
  if (!/^(y|yes|s|sí|si)$/i.test(answer.trim())) throw refused('Nothing was changed.');
}

/** Its bytes: what is not UTF-8 is for the server to say, and no letters are made up here. */
async function read(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file);
  } catch (error) {
    throw usageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

export const configCommands: readonly Command[] = [exportFile, diff, apply, lint];
