import { Gauge, type Registry } from 'prom-client';

export type SetValue = (labels: Record<string, string>, value: number) => void;

/** A figure that is asked for at the moment of the scrape. */
export function gauge(
  registry: Registry,
  name: string,
  help: string,
  labelNames: readonly string[],
  collectValues: (set: SetValue) => void,
): void {
  new Gauge({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset();
      collectValues((labels, value) => this.set(labels, value));
    },
  });
}
