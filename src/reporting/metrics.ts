import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { Cdr } from '../model/call.ts';
import { CALLBACK_STAGES } from '../model/callback.ts';
import type { LedgerSummary } from '../model/ledger.ts';
import type { EwtAccuracy, FloorView, RecordSink } from '../runtime/ports/index.ts';
import { gauge, oneLook, type SetValue } from './gauges.ts';
import { measureOffers } from './offers.ts';

/** Seconds. Service levels are asked for at 10, 20, 30 and 60 s. */
const WAIT_BUCKETS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800];
const TALK_BUCKETS = [10, 30, 60, 120, 300, 600, 1800, 3600];

/** A registry with what Node tells of itself. */
export function createMetrics(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

type Floor = Pick<FloorView, 'agents' | 'queues' | 'calls' | 'callbacks'>;
/** As a scrape sees it. */
interface Scraped {
  agents(): Floor['agents'];
  queues(): Floor['queues'];
}

/** The floor as it is at the moment of the scrape. */
export function measureFloor(registry: Registry, floor: Floor): void {
  const scraped = { agents: oneLook(() => floor.agents), queues: oneLook(() => floor.queues) };
  gauge(registry, 'centralita_calls', 'Calls by stage', ['stage'], (set) => {
    const counts = countBy(floor.calls, (call) => call.stage);
    for (const stage of ['arriving', 'flow', 'queued', 'offered', 'talking', 'parked']) {
      set({ stage }, counts.get(stage) ?? 0);
    }
  });
  gauge(registry, 'centralita_agents', 'Agents by state', ['state'], (set) => {
    const counts = countBy(scraped.agents(), (agent) => agent.state.kind);
    for (const state of ['offline', 'ready', 'notReady', 'offered', 'talking', 'wrapUp']) {
      set({ state }, counts.get(state) ?? 0);
    }
  });
  measureLedgers(registry, scraped);
  gauge(registry, 'centralita_queue_waiting', 'Callers waiting', ['queue'], (set) => {
    for (const queue of scraped.queues()) set({ queue: queue.id }, queue.waiting);
  });
  measureWaits(registry, scraped);
  gauge(registry, 'centralita_callbacks', 'Open call backs by stage', ['stage'], (set) => {
    const counts = countBy(floor.callbacks, (callback) => callback.stage);
    for (const stage of CALLBACK_STAGES) set({ stage }, counts.get(stage) ?? 0);
  });
  gauge(registry, 'centralita_queue_agents_signed_in', 'Agents signed in', ['queue'], (set) => {
    for (const queue of scraped.queues()) set({ queue: queue.id }, queue.agentsSignedIn);
  });
  gauge(registry, 'centralita_queue_agents_ready', 'Ready agents', ['queue'], (set) => {
    for (const queue of scraped.queues()) set({ queue: queue.id }, queue.agentsReady);
  });
}

/** What is expected of the queues, and how true what callers were told has been. */
function measureWaits(registry: Registry, { queues }: Scraped): void {
  gauge(registry, 'centralita_queue_service_level', 'Rolling, 0 to 1', ['queue'], (set) => {
    for (const { id, serviceLevel } of queues()) {
      if (serviceLevel !== undefined) set({ queue: id }, serviceLevel);
    }
  });
  const labels = ['queue', 'end'];
  gauge(registry, 'centralita_queue_ewt_seconds', 'Wait of who came now', labels, (set) => {
    for (const { id, ewt } of queues()) {
      if (!ewt) continue;
      set({ queue: id, end: 'low' }, ewt.lowMs / 1_000);
      set({ queue: id, end: 'high' }, ewt.highMs / 1_000);
    }
  });
  for (const [name, help, figureOf] of ACCURACY) {
    gauge(registry, `centralita_ewt_${name}`, help, ['queue', 'told'], (set) => {
      for (const { id, ewtAccuracy } of queues()) {
        for (const told of ['first', 'last'] as const) {
          const accuracy = ewtAccuracy[told];
          if (accuracy.calls > 0) set({ queue: id, told }, figureOf(accuracy));
        }
      }
    });
  }
}

const ACCURACY: readonly (readonly [string, string, (accuracy: EwtAccuracy) => number])[] = [
  ['calls', 'Callers who were told a wait that is over', ({ calls }) => calls],
  ['coverage', 'Share answered within the range they were told', ({ coverage }) => coverage],
  [
    'absolute_error_seconds',
    'Mean error of the middle of the range',
    ({ absoluteErrorMs }) => absoluteErrorMs / 1_000,
  ],
  [
    'bias_seconds',
    'Mean signed error: above 0, callers wait longer than told',
    ({ biasMs }) => biasMs / 1_000,
  ],
];

/** Budgets of casual agents, and where they may help. */
function measureLedgers(registry: Registry, { agents, queues }: Scraped): void {
  const each = (set: SetValue, figure: (ledger: LedgerSummary) => number | undefined): void => {
    for (const { id, ledger } of agents()) {
      const value = ledger && figure(ledger);
      if (value !== undefined) set({ agent: id }, value);
    }
  };
  gauge(registry, 'centralita_casual_cap', 'Monthly cap', ['agent'], (set) =>
    each(set, ({ cap }) => cap),
  );
  gauge(registry, 'centralita_casual_spent', 'Answered this month', ['agent'], (set) =>
    each(set, ({ cap, spent }) => (cap === undefined ? undefined : spent)),
  );
  gauge(registry, 'centralita_queue_casual_open', 'Casual agents may help', ['queue'], (set) => {
    for (const { id, casualOpen } of queues()) set({ queue: id }, casualOpen ? 1 : 0);
  });
}

/** The same sink, which counts what it is given. */
export function measureRecords(registry: Registry, sink: RecordSink): RecordSink {
  const registers = [registry];
  const offers = measureOffers(registry);
  const calls = new Counter({
    name: 'centralita_calls_total',
    help: 'Finished calls by outcome and queue',
    labelNames: ['outcome', 'queue'],
    registers,
  });
  const floods = new Counter({
    name: 'centralita_key_floods_total',
    help: 'Calls that sent more keys than a person can press',
    registers,
  });
  const recordings = new Counter({
    name: 'centralita_recordings_total',
    help: 'Recorded conversations: kept, lost, or failed (lost as well, or cut short, because it was not written)',
    labelNames: ['result'],
    registers,
  });
  const wait = histogram(registers, 'wait', 'Time in queue of answered calls', WAIT_BUCKETS);
  const talk = histogram(registers, 'talk', 'Time with an agent', TALK_BUCKETS);
  const measure = (cdr: Cdr): void => {
    const queue = cdr.queueId ?? '';
    calls.inc({ outcome: cdr.outcome, queue });
    if (cdr.outcome !== 'answered') return;
    wait.observe({ queue }, cdr.waitMs / 1_000);
    talk.observe({ queue }, cdr.talkMs / 1_000);
  };
  return {
    event(event) {
      offers(event);
      if (event.type === 'call.keysFlood') floods.inc();
      if (event.type === 'recording.refused') recordings.inc({ result: 'refused' });
      sink.event(event);
    },
    agentState: (record) => sink.agentState(record),
    voicemail: (voicemail) => sink.voicemail(voicemail),
    recording(recording) {
      const { state, end } = recording;
      if (state !== 'running') recordings.inc({ result: end === 'failed' ? 'failed' : state });
      sink.recording(recording);
    },
    flush: () => sink.flush(),
    cdr(cdr) {
      measure(cdr);
      sink.cdr(cdr);
    },
  };
}

function histogram(registers: Registry[], what: string, help: string, buckets: number[]) {
  const name = `centralita_call_${what}_seconds`;
  return new Histogram({ name, help, buckets, labelNames: ['queue'], registers });
}

function countBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(keyOf(item), (counts.get(keyOf(item)) ?? 0) + 1);
  return counts;
}
