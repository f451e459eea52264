import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DIGIT_CHECKS, type DigitCheck, fitsPattern } from '../../../src/ivr/digit-checks.ts';

const CASES: readonly (readonly [DigitCheck, string, boolean])[] = [
  ['luhn', '79927398713', true],
  ['luhn', '79927398710', false],
  ['luhn', '0', true],
  ['luhn', '', false],
  ['DDMM', '2902', true],
  ['DDMM', '3002', false],
  ['DDMM', '3104', false],
  ['DDMM', '0013', false],
  ['MMDD', '1231', true],
  ['MMDD', '3112', false],
  ['DDMMYYYY', '29022024', true],
  ['DDMMYYYY', '29021900', false],
  ['DDMMYYYY', '29022000', true],
  ['DDMMYYYY', '2902202', false],
  ['MMYY', '1230', true],
  ['MMYY', '1330', false],
  ['HHMM', '2359', true],
  ['HHMM', '2400', false],
];

for (const [check, digits, good] of CASES)
  test(`${check}: ${digits || 'nothing'} is ${good ? 'right' : 'wrong'}`, () => {
    assert.equal(DIGIT_CHECKS[check](digits), good);
  });

test('A pattern says what each place may be', () => {
  assert.ok(fitsPattern('5312', '5[1-5]xx'));
  assert.ok(!fitsPattern('5612', '5[1-5]xx'));
  assert.ok(!fitsPattern('531', '5[1-5]xx'));
  assert.ok(fitsPattern('7', '[1379]'));
  assert.ok(!fitsPattern('2', '[1379]'));
});
