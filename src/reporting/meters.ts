import { Counter, type Registry } from 'prom-client';
import type { Meters } from '../runtime/ports/index.ts';
import { countRepairs } from './repairs.ts';

/** Counters of what leaves no record of its own. */
export function createMeters(registry: Registry): Meters {
  const registers = [registry];
  const dialled = new Counter({
    name: 'centralita_dials_total',
    help: 'Calls placed outside by purpose and result; notAllowed and limit were not placed',
    labelNames: ['purpose', 'result'],
    registers,
  });
  const callbacks = new Counter({
    name: 'centralita_callbacks_ended_total',
    help: 'Call backs that are over by queue and outcome',
    labelNames: ['queue', 'outcome'],
    registers,
  });
  const voicemails = new Counter({
    name: 'centralita_voicemails_total',
    help: 'Messages of callers: kept, too short to be one, or not to be written',
    labelNames: ['result'],
    registers,
  });
  return {
    repaired: countRepairs(registry),
    voicemail: (result) => voicemails.inc({ result }),
    dialled: (purpose, result) => dialled.inc({ purpose, result }),
    callbackEnded: (queue, outcome) => callbacks.inc({ queue, outcome }),
  };
}
