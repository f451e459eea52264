import { Gauge } from 'prom-client';
import { BusyLamps } from '../presence/lamps.ts';
import type { CallCenter } from '../runtime/call-center.ts';
import type { Parts } from './parts.ts';
import type { Phones } from './phones.ts';

/** Lamps on phones of the house: whose there are, and where people sit, the call center tells. */
export function openLamps(
  { clock, log, metrics, closing }: Pick<Parts, 'clock' | 'log' | 'metrics' | 'closing'>,
  { telephony, registrar }: Phones,
  callCenter: CallCenter,
): void {
  const { srf, lines } = telephony;
  const lamps = new BusyLamps({
    ...{ srf, lines, clock, log },
    authenticate: (req, res) => registrar.authenticate(req, res, 'registrar'),
  });
  for (const agent of callCenter.agents) lamps.seated(agent);
  const unsubscribe = callCenter.subscribe((change) => {
    if (change.topic !== 'agents') return;
    if ('agent' in change) lamps.seated(change.agent);
    else lamps.gone(change.goneId);
  });
  srf.on('connect', () => lamps.forget());
  closing.add('lamps', () => {
    unsubscribe();
    lamps.close();
  });
  new Gauge({
    name: 'centralita_lamps',
    help: 'Lamps of phones that are told what other extensions do',
    registers: [metrics],
    collect() {
      this.set(lamps.count);
    },
  });
}
