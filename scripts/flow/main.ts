import { mkdirSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { flowSchemaText, parseFlow } from '../../src/ivr/flow.ts';
import { show } from '../../src/lib/yaml-source.ts';
import { isZone } from '../../src/lib/zone.ts';
import { checkFile } from './check.ts';
import { companyOf, idOf, knownTo, sourceOf, Unreadable } from './company.ts';
import { mermaidOf } from './graph.ts';
import { runFile } from './run.ts';

const USAGE = 'npm run flow -- check|run|graph FILE  [--company FILE]';
const HELP = `Flows, without a telephone.

  npm run flow -- check FILE…     what is wrong, with line and column; of a flow, or of a company's file
  npm run flow -- run FILE        walk it: type keys and words, "help" says which; a script on stdin is obeyed
  npm run flow -- graph FILE      draw it, as a Mermaid flowchart
  npm run flow -- schema          write config/schema/flow.schema.json anew

  --company FILE    its queues, calendars, contacts and other flows; else the nearest company.yaml
  --from NUMBER     (run) who calls     --to NUMBER  (run) which number     --at ISO-TIME  (run) when
  --zone ZONE       (run) the site's; else TIME_ZONE, else UTC

Exits with 1 when something is wrong with the flow or a line of the script, with 2 when it could not be read.
`;
const SCHEMA_FOLDER = new URL('../../config/schema/', import.meta.url);

class UsageError extends Error {}

const OPTIONS = {
  company: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  at: { type: 'string' },
  zone: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS });
  const [command, ...files] = positionals;
  if (values.help) return print(HELP);
  if (command === 'schema' && files.length === 0) return writeSchema();
  const [file] = files;
  if (file === undefined)
    throw new UsageError(command ? `${command} what? A file is missing.` : 'What is to be done?');
  if (command === 'check') return check(files, values.company);
  if (files.length > 1) throw new UsageError(`${command} takes one file.`);
  if (command === 'graph') return graph(file, values.company);
  if (command !== 'run') throw new UsageError(`There is no command ${command}.`);
  const now = values.at === undefined ? Date.now() : Date.parse(values.at);
  if (Number.isNaN(now))
    throw new UsageError(`--at ${values.at} is no time; 2026-11-23T09:00:00Z is one.`);
  const zone = values.zone ?? process.env.TIME_ZONE ?? 'UTC';
  if (!isZone(zone)) throw new UsageError(`${zone} is no time zone; Europe/Madrid is one.`);
  const { company, from, to } = values;
  const refused = await runFile(file, {
    now,
    zone,
    ...(company === undefined ? {} : { company }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  return refused > 0 ? 1 : 0;
}

function check(files: readonly string[], company: string | undefined): number {
  const findings = files.map((file) => checkFile(file, company));
  for (const { problems, summary } of findings)
    print(problems.length > 0 ? `${problems.join('\n')}\n` : `${summary}\n`);
  return findings.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function graph(file: string, company: string | undefined): number {
  const source = sourceOf(file);
  const known = knownTo(source.value, companyOf(file, company));
  const parsed = parseFlow(source.value, known, idOf(file));
  if (parsed.ok) return print(mermaidOf(parsed.value));
  for (const problem of parsed.error)
    process.stderr.write(`${file}:${show(source.positionOf(problem))}: ${problem}\n`);
  return 1;
}

function writeSchema(): number {
  mkdirSync(SCHEMA_FOLDER, { recursive: true });
  const file = new URL('flow.schema.json', SCHEMA_FOLDER);
  writeFileSync(file, flowSchemaText());
  return print(`${file.pathname}\n`);
}

function print(text: string): 0 {
  process.stdout.write(text);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  const typing =
    error instanceof UsageError ||
    String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
  if (!typing && !(error instanceof Unreadable)) throw error;
  process.stderr.write(`${(error as Error).message}\n`);
  if (typing) process.stderr.write(`Usage: ${USAGE}\nMore with --help.\n`);
  process.exitCode = 2;
}
