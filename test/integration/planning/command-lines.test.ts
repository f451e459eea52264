import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const run = (script: string, ...args: string[]) => command(`planning/${script}`, ...args);

const command = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', `scripts/${script}.ts`, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });

const GIVEN = ['--calls', '120', '--aht', '180', '--sl', '80/20', '--patience', '90'];

test('npm run forecast prints a row for each model, for people and for machines', () => {
  const forPeople = run('forecast', ...GIVEN, '--simulated-calls', '500');
  assert.equal(forPeople.status, 0, forPeople.stderr);
  // 12 erlangs, 80 % within 20 s: the Erlang C tables say 16 agents.
  assert.match(forPeople.stdout, /Erlang C +16 /);
  assert.match(forPeople.stdout, /Erlang A +\d+ /);
  assert.match(forPeople.stdout, /engine +\d+ /);
  const forMachines = run('forecast', ...GIVEN, '--simulated-calls', '0', '--json');
  const [row] = JSON.parse(forMachines.stdout) as [{ erlangC: { agents: number } }];
  assert.equal(row.erlangC.agents, 16);
});

test('What cannot be read is said, with the way to help', () => {
  for (const [script, ...args] of [
    ['forecast', '--calls', 'banana', '--aht', '180'],
    ['forecast', '--sneeze'],
    ['whatif', '--day', 'yesterday'],
    ['whatif', '--day', '2026-11-20'],
  ] as const) {
    const { status, stderr } = run(script, ...args);
    assert.equal(status, 2, `${script} ${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /--help/);
  }
  for (const script of ['forecast', 'whatif']) {
    const { status, stdout } = run(script, '--help');
    assert.equal(status, 0);
    assert.match(stdout, /npm run/);
  }
});

test('npm run config:lint says what is wrong with a file that is none, and takes what the API takes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'centralita-lint-'));
  const file = join(folder, 'company.yaml');
  const linted = (text: string) => {
    writeFileSync(file, text);
    const { status, stdout, stderr } = command('config-lint', file);
    return `${status} ${stdout}${stderr.replace(file, 'FILE')}`.trim();
  };
  try {
    assert.equal(linted(''), '2 FILE cannot be linted: it has no sections, as queues and agents.');
    assert.equal(linted('queues: 5'), '2 FILE cannot be linted: queues must be a list.');
    const several = 'queues: [{ id: v, name: v, requiredSkills: 7 }]\nagents: [{ id: 1 }]';
    assert.match(linted(several), /^2 .*\n?.*queues\[0\]\.requiredSkills: must be object/);
    assert.match(linted(several), /agents\[0\]\.id: must be string/);
    const sparse = 'queues: [{ id: v, name: v }]\nagents: [{ id: "1", name: x, extension: "101" }]';
    assert.match(linted(sparse), /^0 warning QUEUE_WITHOUT_AGENTS queues\/v/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
