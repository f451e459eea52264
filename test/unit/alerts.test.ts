import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { promtool } from '../../scripts/test-tools.mjs';

const FOLDER = new URL('../../config/monitoring/', import.meta.url);
const read = (file: string) => parse(readFileSync(new URL(file, FOLDER), 'utf8'));

const PROMTOOL = promtool();
const isThere = spawnSync(PROMTOOL, ['--version']).status === 0;

test('O7 of every alert it is said when it fires', () => {
  const { groups } = read('alerts.yaml') as { groups: { rules: { alert: string }[] }[] };
  const { tests } = read('alerts.test.yaml') as {
    tests: { promql_expr_test: { exp_samples: { labels: string }[] }[] }[];
  };
  const fired = tests
    .flatMap((one) => one.promql_expr_test)
    .flatMap((one) => one.exp_samples)
    .map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1]);
  const alerts = groups.flatMap(({ rules }) => rules).map(({ alert }) => alert);
  assert.ok(alerts.length > 15);
  assert.deepEqual([...fired].sort(), [...alerts].sort());
});

test('O7 every alert fires in a house where everything is wrong, and none in one that is well', {
  skip: isThere
    ? false
    : 'no promtool here: it is in the package prometheus, and PROMTOOL may say where',
}, () => {
  const { status, stdout, stderr } = spawnSync(PROMTOOL, ['test', 'rules', 'alerts.test.yaml'], {
    cwd: FOLDER,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stdout + stderr);
});
