import { Counter, type Registry } from 'prom-client';
import { CALL_OUTCOMES } from '../model/call.ts';
import { DIAL_FAILURES } from '../model/callback.ts';
import type { Meters, Repair } from '../runtime/ports/index.ts';

type DialPurpose = Parameters<Meters['dialled']>[0];
type VoicemailResult = Parameters<Meters['voicemail']>[0];
type CallOutcome = (typeof CALL_OUTCOMES)[number];

const REPAIRS: Readonly<Record<Repair, true>> = {
  lostCaller: true,
  lostAgent: true,
  alone: true,
  forgottenCall: true,
  orphanLeg: true,
  deadDialog: true,
  lostChannel: true,
  zombieChannel: true,
};
const VOICEMAILS: Readonly<Record<VoicemailResult, true>> = {
  kept: true,
  tooShort: true,
  failed: true,
};
const PURPOSES: Readonly<Record<DialPurpose, true>> = {
  callback: true,
  transfer: true,
  agent: true,
  supervision: true,
};
/** Of hundreds of queues not every way to end: those that alarms look at. */
const OF_QUEUES: readonly CallOutcome[] = [
  'answered',
  'abandoned',
  'shortAbandon',
  'failed',
  'lost',
];
const OFFERS = ['answered', 'noAnswer', 'rejected', 'busy', 'unreachable'];

/**
 * Has counters begin at nought for every label that is known before anything happens: of a series that begins with 1, as with
 * the first call that fails, `increase()` and `rate()` see no growth. To be told of all queues again whenever these change.
 */
export class FromZero {
  readonly #registry: Registry;
  readonly #seen = new Set<string>();

  constructor(registry: Registry) {
    this.#registry = registry;
    for (const what of Object.keys(REPAIRS)) this.#begin('repairs', { what });
    for (const result of Object.keys(VOICEMAILS)) this.#begin('voicemails', { result });
    for (const result of ['kept', 'lost', 'failed', 'refused'])
      this.#begin('recordings', { result });
    for (const purpose of Object.keys(PURPOSES))
      for (const result of [...DIAL_FAILURES, 'answered', 'cancelled'])
        this.#begin('dials', { purpose, result });
    for (const outcome of CALL_OUTCOMES) this.#begin('calls', { outcome, queue: '' });
  }

  queues(ids: readonly string[]): void {
    for (const queue of ids) {
      if (this.#seen.has(queue)) continue;
      this.#seen.add(queue);
      for (const outcome of OF_QUEUES) this.#begin('calls', { outcome, queue });
      for (const result of OFFERS) this.#begin('offers', { queue, result });
    }
  }

  #begin(name: string, labels: Readonly<Record<string, string>>): void {
    const metric = this.#registry.getSingleMetric(`centralita_${name}_total`);
    if (metric instanceof Counter) metric.inc(labels, 0);
  }
}
