import type { ScriptStep } from './run.ts';

/** The steps as the text of a test, to be put into `found.test.ts` under a better name. */
export function namedTest(seed: number, violation: string, script: readonly ScriptStep[]): string {
  const start = Math.min(...script.flatMap((step) => ('at' in step ? [step.at] : [])));
  const lines = script.map((step) => `    ${JSON.stringify(relative(step, start))},`);
  const name = violation.replace(/^event \d+: /, '').replaceAll("'", '’');
  return [
    `  it('${name} (seed ${seed})', () => {`,
    `    holds(${start}, [`,
    ...lines.map((line) => `  ${line}`),
    '    ]);',
    '  });',
  ].join('\n');
}

const relative = (step: ScriptStep, start: number): ScriptStep =>
  'at' in step ? { ...step, at: step.at - start } : step;
