import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { telephonyMeters } from '../../../src/reporting/telephony.ts';
import { measureTrunks } from '../../../src/reporting/trunks.ts';

test('a media server that has answered has lost its connection no times yet', async () => {
  const registry = new Registry();
  const meters = telephonyMeters(registry);
  meters.mediaAnswered('m1', 1);
  assert.match(await registry.metrics(), /media_connections_lost_total\{server="m1"\} 0\n/);
  meters.mediaLost('m1');
  meters.mediaAnswered('m1', 1);
  assert.match(await registry.metrics(), /media_connections_lost_total\{server="m1"\} 1\n/);
});

test('what is counted since the start is a counter, and the same however often it is looked at', async () => {
  const registry = new Registry();
  measureTrunks(registry, { states: () => [], turnedAway: () => ({ stranger: 2, full: 0 }) });
  await registry.metrics();
  const text = await registry.metrics();
  for (const name of ['trunk_calls_total', 'calls_turned_away_total'])
    assert.match(text, new RegExp(`# TYPE centralita_${name} counter`));
  assert.match(text, /turned_away_total\{why="stranger"\} 2\n/);
  assert.match(text, /turned_away_total\{why="full"\} 0\n/);
});
