import { openTestBench, type TestBench } from './test-bench.ts';

/** Opens a system, prints what was measured on it as JSON, and ends the process. */
export async function runOnBench(measure: (bench: TestBench) => Promise<unknown>): Promise<never> {
  const bench = await openTestBench();
  try {
    process.stdout.write(`${JSON.stringify(await measure(bench), undefined, 2)}\n`);
  } finally {
    await bench.close();
  }
  process.exit();
}
