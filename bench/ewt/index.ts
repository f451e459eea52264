/**
 * How true estimated waits are: simulated days with the real engine, against app_queue's moving average for the same
 * callers. Prints JSON, one line a scenario.
 *
 *     node --import tsx bench/ewt/index.ts [--calls 3000] [--seed 1] [--only "shared agents"]
 */
import { parseArgs } from 'node:util';
import { figuresOf } from '../../test/sim/ewt/figures.ts';
import { spend } from '../../test/sim/ewt/office.ts';
import { SCENARIOS } from '../../test/sim/ewt/scenarios.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '3000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});

/** Three digits are more than the seeds agree on. */
const rounded = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(3)) : value;

for (const scenario of SCENARIOS) {
  if (values.only !== undefined && values.only !== scenario.name) continue;
  const { joining, told, announced, reasons, unexplained } = spend(
    scenario,
    Number(values.seed),
    Number(values.calls),
  );
  const figures = { joining: figuresOf(joining), told: figuresOf(told) };
  const line = { scenario: scenario.name, ...figures, announced, reasons, unexplained };
  console.log(JSON.stringify(line, (_, value) => rounded(value)));
}
