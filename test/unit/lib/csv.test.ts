import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvRow } from '../../../src/lib/csv.ts';

test('cells with commas, quotes and lines are quoted', () => {
  assert.equal(csvRow(['a', 'b,c', 'd"e', 'f\ng', '']), 'a,"b,c","d""e","f\ng",\r\n');
});

test('what a spreadsheet would run stays text; numbers with a sign stay numbers', () => {
  assert.equal(csvRow(['=1+1', '-2.5', '@x', '+525555550001']), "'=1+1,-2.5,'@x,+525555550001\r\n");
  assert.equal(csvRow(['+52-1', '-cmd', '\t=1']), "'+52-1,'-cmd,'\t=1\r\n");
});

test('nothing, numbers, truths and objects', () => {
  assert.equal(csvRow([undefined, null, -1.5, true, { a: 1 }]), ',,-1.5,true,"{""a"":1}"\r\n');
});
