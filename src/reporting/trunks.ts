import type { Registry } from 'prom-client';
import type { TrunkState } from '../model/trunk.ts';
import { counter, gauge, type SetValue } from './gauges.ts';

/** What is asked of telephony at the moment of the scrape. */
export interface TrunkFigures {
  states(): readonly TrunkState[];
  /** Calls of strangers that were not taken, and of trunks that had too many, since the start. */
  turnedAway(): Readonly<Record<string, number>>;
}

/** The trunks: whether they are there, and what they carry. */
export function measureTrunks(registry: Registry, { states, turnedAway }: TrunkFigures): void {
  const figure = (
    name: string,
    help: string,
    labelNames: readonly string[],
    each: (set: SetValue) => void,
  ) => gauge(registry, `centralita_${name}`, help, labelNames, each);
  figure('trunk_up', '1: it answers; 0: it does not; absent: nobody knows', ['trunk'], (set) => {
    for (const { id, health } of states())
      if (health !== 'unknown') set({ trunk: id }, health === 'up' ? 1 : 0);
  });
  figure('trunk_registered', 'Registered with the provider', ['trunk'], (set) => {
    for (const { id, registration } of states())
      if (registration) set({ trunk: id }, registration.state === 'registered' ? 1 : 0);
  });
  figure('trunk_calls', 'Calls in progress', ['trunk', 'direction'], (set) => {
    for (const { id, callsIn, callsOut } of states()) {
      set({ trunk: id, direction: 'in' }, callsIn);
      set({ trunk: id, direction: 'out' }, callsOut);
    }
  });
  const calls = 'centralita_trunk_calls_total';
  counter(registry, calls, 'Calls, by what came of them', ['trunk', 'what'], (set) => {
    for (const { id, counts } of states())
      for (const [what, count] of Object.entries(counts)) set({ trunk: id, what }, count);
  });
  const turned = 'centralita_calls_turned_away_total';
  counter(registry, turned, 'INVITEs that were not taken', ['why'], (set) => {
    for (const [why, count] of Object.entries(turnedAway())) set({ why }, count);
  });
}
