import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptRows } from '../../../src/store/reports/kept-rows.ts';

const rows = (text: string) => [{ key: 'ventas', count: 1, text }];

test('rows are kept with the version of their figures; who was not asked for longest goes first', () => {
  const kept = new KeptRows(60);
  kept.set('monday', 'v1', rows('m'.repeat(10)));
  kept.set('tuesday', 'v1', rows('t'.repeat(10)));
  assert.equal(kept.get('monday', 'v2'), undefined);
  assert.deepEqual(kept.get('monday', 'v1'), rows('m'.repeat(10)));
  kept.set('wednesday', 'v1', rows('w'.repeat(20)));
  assert.equal(kept.get('tuesday', 'v1'), undefined);
  assert.ok(kept.get('monday', 'v1') && kept.get('wednesday', 'v1'));
  kept.set('monday', 'v2', rows('m'));
  assert.deepEqual(kept.get('monday', 'v2'), rows('m'));
  kept.set('year', 'v1', rows('y'.repeat(100)));
  assert.equal(kept.get('year', 'v1'), undefined, 'more than there is room for');
});
