import { Counter, Gauge, type Registry } from 'prom-client';

export type SetValue = (labels: Record<string, string>, value: number) => void;

/** What somebody else counts since the start, asked for at the moment of the scrape. */
export function counter(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collectValues: (set: SetValue) => void,
): void {
  new Counter({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      collectValues((labels, value) => this.inc(labels, value));
    },
  });
}

/** A figure that is asked for at the moment of the scrape. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collectValues: (set: SetValue) => void,
): void {
  new Gauge({
    ...described(registry, name, help, labelNames),
    collect() {
      this.reset();
      collectValues((labels, value) => this.set(labels, value));
    },
  });
}

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
