import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queueId } from '../../../src/model/ids.ts';
import { createMetrics, measureFloor } from '../../../src/reporting/metrics.ts';
import type { QueueView } from '../../../src/runtime/ports/index.ts';

const untried = { calls: 0, coverage: 0, absoluteErrorMs: 0, biasMs: 0 };
const figures = {
  waiting: 2,
  offered: 0,
  talking: 1,
  agentsReady: 0,
  agentsSignedIn: 1,
  next: [],
  casualOpen: false,
};

const ventas: QueueView = {
  ...figures,
  id: queueId('ventas'),
  name: 'Ventas',
  serviceLevel: 0.75,
  ewt: { lowMs: 30_000, highMs: 90_000 },
  ewtAccuracy: {
    first: { calls: 40, coverage: 0.65, absoluteErrorMs: 12_000, biasMs: -1_500 },
    last: untried,
  },
};
const nocturna: QueueView = {
  ...figures,
  id: queueId('nocturna'),
  name: 'Nocturna',
  ewtAccuracy: { first: untried, last: untried },
};

test('EW7 P8 /metrics publish the expected wait, the service level and the error of what callers were told', async () => {
  const registry = createMetrics();
  const queues = [ventas, nocturna];
  measureFloor(registry, { agents: [], queues, calls: [], callbacks: [] });
  const text = await registry.metrics();
  for (const line of [
    'centralita_queue_service_level{queue="ventas"} 0.75',
    'centralita_queue_ewt_seconds{queue="ventas",end="low"} 30',
    'centralita_queue_ewt_seconds{queue="ventas",end="high"} 90',
    'centralita_ewt_calls{queue="ventas",told="first"} 40',
    'centralita_ewt_coverage{queue="ventas",told="first"} 0.65',
    'centralita_ewt_absolute_error_seconds{queue="ventas",told="first"} 12',
    'centralita_ewt_bias_seconds{queue="ventas",told="first"} -1.5',
  ]) {
    assert.ok(text.split('\n').includes(line), line);
  }
  // What is not known is absent, not zero.
  assert.doesNotMatch(text, /centralita_(queue_ewt|queue_service|ewt_).*nocturna|told="last"/);
});

test('a scrape looks at the queues and the agents once, and the next one looks anew', async () => {
  const registry = createMetrics();
  const looks = { agents: 0, queues: 0 };
  const floor = {
    calls: [],
    callbacks: [],
    get agents() {
      looks.agents += 1;
      return [];
    },
    get queues() {
      looks.queues += 1;
      return [{ ...ventas, waiting: looks.queues }];
    },
  };
  measureFloor(registry, floor);
  for (const scrape of [1, 2]) {
    const text = await registry.metrics();
    assert.match(text, new RegExp(`centralita_queue_waiting\\{queue="ventas"\\} ${scrape}\n`));
    assert.deepEqual(looks, { agents: scrape, queues: scrape });
  }
});
