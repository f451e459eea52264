import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { Asked, TooLate } from '../../../src/speech/voices/asked.ts';

const sentence = (text: string) => ({ text, language: 'es-MX' }) as const;

function line() {
  const clock = new ManualClock();
  const asked = new Asked(clock);
  const next = () => asked.next()?.sentence.text;
  return { clock, asked, next };
}

test('what somebody waits for comes first, and what they wait for no more is not begun', async () => {
  const { clock, asked, next } = line();
  void asked.add(sentence('patient'), false);
  const late = asked.add(sentence('late'), true);
  clock.advance(2_000);
  void asked.add(sentence('in time'), true);
  clock.advance(1);
  assert.equal(next(), 'in time');
  await assert.rejects(late, TooLate);
  assert.equal(next(), 'patient');
  assert.equal(next(), undefined);
});

test('a sentence that was to be made in any case still is when whoever came to wait for it has gone', () => {
  const { clock, asked, next } = line();
  void asked.add(sentence('first'), false);
  void asked.add(sentence('second'), false);
  asked.hurry(sentence('second'));
  clock.advance(2_001);
  assert.deepEqual([next(), next(), next()], ['second', 'first', undefined]);
});

test('a crowd asks for no more than can be said in time, and keeps nobody from the others', async () => {
  const { asked, next } = line();
  const waiting = Array.from({ length: 200 }, (_, n) => asked.add(sentence(`for ${n}`), true));
  await assert.rejects(asked.add(sentence('one more'), true), /Too many/);
  const patient = asked.add(sentence('to come'), false);
  assert.equal(next(), 'for 0');
  const outcomes = Promise.allSettled([...waiting.slice(1), patient]);
  asked.rejectAll(new Error('closed'));
  assert.ok((await outcomes).every(({ status }) => status === 'rejected'));
  assert.equal(next(), undefined);
});
