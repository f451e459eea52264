import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { within } from '../../../src/lib/within.ts';

const never = new Promise<void>(() => {});

test('work that is done in time is waited for, and no timer is left', async () => {
  const clock = new ManualClock();
  await within(clock, 1_000, Promise.resolve());
  clock.advance(1_000);
});

test('work that takes too long is waited for no longer', async () => {
  const clock = new ManualClock();
  const waited = within(clock, 1_000, never);
  clock.advance(1_000);
  await waited;
});

test('work that fails rejects', async () => {
  await assert.rejects(within(new ManualClock(), 1_000, Promise.reject(new Error('no'))), /no/);
});
