import { Counter, Gauge, type Registry } from 'prom-client';

export type SetValue = (labels: Record<string, string>, value: number) => void;

type Collected = (
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collectValues: (set: SetValue) => void,
) => void;

/** What somebody else counts since the start, asked for at the moment of the scrape. */
export const counter: Collected = (registry, name, help, labelNames, collectValues) => {
  new Counter({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      collectValues((labels, value) => this.inc(labels, value));
    },
  });
};

/** A figure that is asked for at the moment of the scrape. */
export const gauge: Collected = (registry, name, help, labelNames, collectValues) => {
  new Gauge({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      collectValues((labels, value) => this.set(labels, value));
    },
  });
};

const described = (
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
) => ({ name, help, labelNames: [...labelNames], registers: [registry] });

/**
 * Looks once for all figures of a scrape: they are collected in one turn (prom-client asks every metric before it awaits
 * the first), and what was seen is forgotten at its end.
 */
export function oneLook<T>(look: () => T): () => T {
  let seen: { readonly value: T } | undefined;
  return () => {
    if (!seen)
      queueMicrotask(() => {
        seen = undefined;
      });
    seen ??= { value: look() };
    return seen.value;
  };
}
