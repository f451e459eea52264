import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvLine } from '../../../src/lib/csv.ts';

test('cells with commas, quotes and lines are quoted', () => {
  assert.equal(csvLine(['a', 'b,c', 'd"e', 'f\ng', '']), 'a,"b,c","d""e","f\ng",\r\n');
});

test('what a spreadsheet would run stays text; a negative number stays a number', () => {
  assert.equal(csvLine(['=1+1', '-2.5', '@x', '+52']), "'=1+1,-2.5,'@x,'+52\r\n");
});
