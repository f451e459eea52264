import { openSystems, type Systems } from '../data/systems.ts';
import { measureAsked } from '../reporting/outward.ts';
import type { Foundation } from './foundation.ts';

/** The company's own systems, over HTTP. */
export function openCompanySystems({ config, clock, log, metrics, closing }: Foundation): Systems {
  const systems = openSystems({ ...config, clock, log, onAsked: measureAsked(metrics) });
  closing.add("the company's systems", () => systems.close());
  return systems;
}
