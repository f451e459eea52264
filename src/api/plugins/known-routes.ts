import type { FastifyInstance } from 'fastify';

/** Every route by its pattern's segments: to tell a wrong method from a wrong path. */
export type KnownRoutes = { readonly segments: readonly string[]; readonly method: string }[];

/** Collects the routes that are registered from now on. */
export function collectRoutes(app: FastifyInstance): KnownRoutes {
  const routes: KnownRoutes = [];
  app.addHook('onRoute', ({ url, method }) => {
    const segments = segmentsOf(url);
    for (const one of Array.isArray(method) ? method : [method])
      routes.push({ segments, method: one });
  });
  return routes;
}

/** The methods that the path takes: none when there is no such path. */
export function allowedMethods(routes: KnownRoutes, url: string): readonly string[] {
  const path = segmentsOf(url.split('?')[0] ?? '');
  const fitting = routes.filter(({ segments }) => fits(segments, path));
  return [...new Set(fitting.map((route) => route.method))].sort();
}

const segmentsOf = (path: string): readonly string[] => path.replace(/\/$/, '').split('/');

function fits(pattern: readonly string[], path: readonly string[]): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((part, index) => part.startsWith(':') || part === path[index])
  );
}
