import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { FromZero } from '../../../src/reporting/from-zero.ts';
import { createMeters } from '../../../src/reporting/meters.ts';
import { measureRecords } from '../../../src/reporting/metrics.ts';
import type { RecordSink } from '../../../src/runtime/ports/index.ts';

const deaf: RecordSink = {
  event() {},
  cdr() {},
  agentState() {},
  voicemail() {},
  recording() {},
  flush: async () => undefined,
};

test('what can be counted begins at nought, and is not begun again', async () => {
  const registry = new Registry();
  const meters = createMeters(registry);
  measureRecords(registry, deaf);
  const fromZero = new FromZero(registry);
  fromZero.queues(['ventas']);
  const before = await registry.metrics();
  for (const series of [
    'repairs_total{what="lostCaller"}',
    'voicemails_total{result="failed"}',
    'recordings_total{result="failed"}',
    'dials_total{purpose="callback",result="noTrunk"}',
    'calls_total{outcome="lost",queue=""}',
    'calls_total{outcome="abandoned",queue="ventas"}',
    'offers_total{queue="ventas",result="unreachable"}',
  ])
    assert.ok(before.includes(`centralita_${series} 0\n`), series);
  meters.voicemail('failed');
  fromZero.queues(['ventas', 'taller']);
  const after = await registry.metrics();
  assert.match(after, /voicemails_total\{result="failed"\} 1\n/);
  assert.match(after, /calls_total\{outcome="answered",queue="taller"\} 0\n/);
});
