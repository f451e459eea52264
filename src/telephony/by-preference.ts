import type { Binding } from '../runtime/ports/index.ts';
import type { Route } from './branch.ts';
import type { PlacedLegOptions } from './placed-leg.ts';

/**
 * Those of the same q ring together, those of a lower one after them (RFC 3261 section 16.6). Best first, as given. Of
 * the connections that one phone holds open one is called, the next when that has failed: it rings once (RFC 5626
 * section 5.3).
 */
export function byPreference(
  bindings: readonly Binding[],
  routeOf: (binding: Binding) => Route,
): Required<Pick<PlacedLegOptions, 'routes' | 'spareRoutes'>> {
  const groups = new Map<number, Route[]>();
  for (const [best, ...others] of phonesOf(bindings)) {
    if (!best) continue;
    const otherwise = others.reduceRight<Route | undefined>(
      (next, flow) => ({ ...routeOf(flow), ...(next ? { otherwise: next } : {}) }),
      undefined,
    );
    const route = { ...routeOf(best), ...(otherwise ? { otherwise } : {}) };
    groups.set(best.q, [...(groups.get(best.q) ?? []), route]);
  }
  const [routes = [], ...spareRoutes] = groups.values();
  return { routes, spareRoutes };
}

/** The bindings of each phone, in the order of its best one. */
function phonesOf(bindings: readonly Binding[]): Iterable<readonly Binding[]> {
  const phones = new Map<string | Binding, Binding[]>();
  for (const binding of bindings) {
    const phone = binding.flow?.phone ?? binding;
    phones.set(phone, [...(phones.get(phone) ?? []), binding]);
  }
  return phones.values();
}
