import { type TestContext, test } from 'node:test';
import { Evidence } from './evidence.ts';

/** What takes part in one test. All of it leaves the stage at the end, whatever happened. */
export class Stage {
  readonly evidence: Evidence;
  readonly context: TestContext;
  readonly #leaving: (() => Promise<void> | void)[] = [];

  constructor(name: string, context: TestContext) {
    this.evidence = new Evidence(name);
    this.context = context;
  }

  /** Runs at the end of the test, the last one first. */
  atTheEnd(leave: () => Promise<void> | void): void {
    this.#leaving.push(leave);
  }

  async clear(): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const leave of this.#leaving.reverse()) {
      try {
        await leave();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

let failed = false;
/** Whether a scene of this file has failed: then the system's own log is evidence, too. */
export const someSceneFailed = (): boolean => failed;

/** No scene takes half as long on a busy machine; one that does has hung. */
const SCENE_LIMIT_MS = 90_000;

/**
 * A test with a stage. When it fails, the folder with every message, log and recording is kept and named.
 */
export function scene(
  name: string,
  play: (stage: Stage) => Promise<void>,
  options: { readonly skip?: string | false; readonly limitMs?: number } = {},
): void {
  const timeout = options.limitMs ?? SCENE_LIMIT_MS;
  void test(name, { timeout, skip: options.skip ?? false }, async (context) => {
    const stage = new Stage(name, context);
    const late = setTimeout(() => void stage.clear(), timeout);
    try {
      await play(stage);
    } catch (error) {
      failed = true;
      stage.evidence.keep();
      context.diagnostic(`Evidence: ${stage.evidence.path}`);
      throw error;
    } finally {
      clearTimeout(late);
      for (const error of await stage.clear()) context.diagnostic(`While clearing: ${error}`);
      stage.evidence.close();
    }
  });
}
