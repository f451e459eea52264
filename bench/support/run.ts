import { openTestBench, type TestBench } from './test-bench.ts';

/** Opens a system, prints what was measured on it as JSON, and ends the process. `house`: see {@link openTestBench}. */
export async function runOnBench(
  measure: (bench: TestBench) => Promise<unknown>,
  house?: string,
): Promise<never> {
  const bench = await openTestBench(house);
  try {
    process.stdout.write(`${JSON.stringify(await measure(bench), undefined, 2)}\n`);
  } finally {
    await bench.close();
  }
  process.exit();
}
