import type { Binding } from '../runtime/ports.ts';
import type { Route } from './branch.ts';
import type { PlacedLegOptions } from './placed-leg.ts';

/** Those of the same q ring together, those of a lower one after them (RFC 3261 section 16.6). Best first, as given. */
export function byPreference(
  bindings: readonly Binding[],
  routeOf: (binding: Binding) => Route,
): Required<Pick<PlacedLegOptions, 'routes' | 'spareRoutes'>> {
  const groups = new Map<number, Route[]>();
  for (const binding of bindings)
    groups.set(binding.q, [...(groups.get(binding.q) ?? []), routeOf(binding)]);
  const [routes = [], ...spareRoutes] = groups.values();
  return { routes, spareRoutes };
}
