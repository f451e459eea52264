import { Counter, type Registry } from 'prom-client';

export type ClockSetting = 'forward' | 'back';

/** How often the machine's clock was set by more than a second while the house was open. */
export function countClockSettings(registry: Registry): (direction: ClockSetting) => void {
  const settings = new Counter({
    name: 'centralita_clock_set_total',
    help: 'Times that the machine’s clock was set by more than a second',
    labelNames: ['direction'],
    registers: [registry],
  });
  for (const direction of ['forward', 'back']) settings.inc({ direction }, 0);
  return (direction) => settings.inc({ direction });
}
