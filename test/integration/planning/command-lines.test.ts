import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const run = (script: string, ...args: string[]) =>
  spawnSync(process.execPath, ['--import', 'tsx', `scripts/planning/${script}.ts`, ...args], {
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
