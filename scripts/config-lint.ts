import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { TObject } from 'typebox';
import { parse } from 'yaml';
import { lint } from '../src/acd/lint.ts';
import { AgentBody } from '../src/api/routes/agents/schemas.ts';
import { QueueBody } from '../src/api/routes/queues/schemas.ts';
import { schemaProblems } from '../src/ivr/problems.ts';
import { validatorOf } from '../src/lib/schema.ts';
import type { AgentConfig } from '../src/model/agent.ts';
import type { Finding } from '../src/model/finding.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../src/model/queue.ts';

const HELP = `What in a configuration cannot work, or will not do what was meant.

  npm run config:lint -- config/example/company.yaml --calls-per-month ventas=3000,soporte=800

  --calls-per-month Q=N,…  calls a month by queue: whether casual agents last the month
  --strict                 warnings fail too           --json  for machines

Exits with 1 when something cannot be had, with 2 when it could not be read.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'calls-per-month': { type: 'string', default: '' },
    strict: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [path] = positionals;

if (values.help || path === undefined) {
  process.stdout.write(HELP);
  process.exit(values.help ? 0 : 2);
}
try {
  const { queues, agents } = companyOf(parse(await readFile(path, 'utf8')));
  const callsPerMonth = callsOf(values['calls-per-month']);
  const findings = lint(queues, agents, { callsPerMonth });
  process.stdout.write(
    values.json ? `${JSON.stringify({ findings }, null, 2)}\n` : textOf(findings),
  );
  const fails = findings.some(({ severity }) => values.strict || severity === 'error');
  process.exitCode = fails ? 1 : 0;
} catch (error) {
  process.stderr.write(`${path} cannot be linted: ${(error as Error).message}\n`);
  process.exitCode = 2;
}

/** Whoever has no skills, or no queues, need not say so. */
type Sparse = Omit<AgentConfig, 'skills' | 'queueIds'> & Partial<AgentConfig>;

/** What of a company's file concerns the engine, with all that it does not say. Throws with every reason. */
function companyOf(file: unknown) {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new Error('it has no sections, as queues and agents.');
  }
  const errors: string[] = [];
  const section = (name: string, schema: TObject): readonly unknown[] => {
    const list = (file as Readonly<Record<string, unknown>>)[name] ?? [];
    if (!Array.isArray(list)) errors.push(`${name} must be a list.`);
    else {
      const validator = validatorOf(schema);
      for (const [n, item] of list.entries()) {
        errors.push(...schemaProblems(validator.errors(item), `${name}[${n}]`));
      }
    }
    return Array.isArray(list) ? list : [];
  };
  const queues = section('queues', QueueBody) as readonly QueueConfig[];
  const agents = section('agents', AgentBody) as readonly Sparse[];
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return {
    queues: queues.map((queue) => ({ ...QUEUE_DEFAULTS, ...queue })),
    agents: agents.map((agent) => ({ skills: {}, queueIds: [], ...agent })),
  };
}

function textOf(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing stands out.\n';
  return findings
    .map(({ severity, code, place, message }) => `${severity} ${code} ${place}\n  ${message}\n`)
    .join('');
}

function callsOf(text: string): Readonly<Record<string, number>> {
  const pairs = text.split(',').filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [queueId = '', calls = ''] = pair.split('=');
      if (!/^\d+$/.test(calls)) throw new Error(`--calls-per-month: ${pair} is not QUEUE=NUMBER`);
      return [queueId, Number(calls)] as const;
    }),
  );
}
