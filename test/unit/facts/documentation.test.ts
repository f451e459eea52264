import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MEASURE_NAMES, measureOf } from '../../../src/facts/measures.ts';
import { FACTS, TIMES } from '../../../src/facts/names.ts';
import { columnOf } from '../../../src/store/reports/tables.ts';

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

test('docs/reports.md has every figure with its definition, word for word', () => {
  const page = read('docs/reports.md');
  for (const name of MEASURE_NAMES)
    assert.ok(page.includes(`| \`${name}\` | `) && page.includes(measureOf(name).definition), name);
});

test('The migrations have a column for each fact', () => {
  const folder = new URL('../../../migrations/', import.meta.url);
  const sql = readdirSync(folder)
    .map((name) => read(`migrations/${name}`))
    .join('\n');
  for (const name of [...FACTS, ...TIMES]) {
    const column = new RegExp(`^  (ADD COLUMN )?${columnOf(name)} (integer|bigint) NOT NULL`, 'm');
    assert.match(sql, column, name);
  }
});
