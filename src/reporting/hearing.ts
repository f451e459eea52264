import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RecogniserFigures } from '../runtime/ports/hearing.ts';

/** Seconds: a caller who waits longer than two wonders. */
const ANSWER_BUCKETS = [0.1, 0.25, 0.5, 1, 1.5, 2, 3, 5, 10];

/** How well callers are understood: outcomes, times of answers, and who can listen now. */
export function measureHearing(registry: Registry, figures: RecogniserFigures): void {
  const registers = [registry];
  const total = new Counter({
    name: 'centralita_recognitions_total',
    help: 'Spoken answers by recogniser and outcome',
    labelNames: ['recogniser', 'outcome'],
    registers,
  });
  const answer = new Histogram({
    name: 'centralita_recognition_answer_seconds',
    help: 'From the end of speech to the recogniser’s answer',
    buckets: ANSWER_BUCKETS,
    labelNames: ['recogniser'],
    registers,
  });
  figures.onRecognition = ({ recogniser, outcome, answerMs }) => {
    total.inc({ recogniser, outcome });
    if (outcome === 'heard' && answerMs !== undefined) {
      answer.observe({ recogniser }, answerMs / 1_000);
    }
  };
  new Gauge({
    name: 'centralita_recogniser_usable',
    help: '0 while the breaker keeps callers from it',
    labelNames: ['recogniser'],
    registers,
    collect() {
      for (const { name, usable } of figures.states) this.set({ recogniser: name }, usable ? 1 : 0);
    },
  });
  new Gauge({
    name: 'centralita_recogniser_streams',
    help: 'Callers who are listened to now',
    labelNames: ['recogniser'],
    registers,
    collect() {
      for (const { name, streams } of figures.states) this.set({ recogniser: name }, streams);
    },
  });
}
