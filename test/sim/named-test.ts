import assert from 'node:assert/strict';
import type { Command } from '../../src/acd/commands.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../src/model/queue.ts';
import { type EngineMaker, Run, type ScriptStep } from './run.ts';
import { START } from './world/stage.ts';

const DEFAULTS: Readonly<Record<string, unknown>> = QUEUE_DEFAULTS;

/** The steps as the text of a test, to be put into `found.test.ts` under a better name. */
export function namedTest(seed: number, violation: string, script: readonly ScriptStep[]): string {
  const lines = script.map((step) => `    ${JSON.stringify(short(step))},`);
  const name = violation.replace(/^event \d+: /, '').replaceAll("'", '’');
  return [
    `  it('${name} (seed ${seed})', () => {`,
    '    holds([',
    ...lines.map((line) => `  ${line}`),
    '    ]);',
    '  });',
  ].join('\n');
}

/**
 * Performs steps as {@link namedTest} writes them: times count from the simulator's start, and what a queue does
 * not say it has from the defaults. Says the first violation.
 */
export function performNamed(steps: readonly unknown[], engine?: EngineMaker): string | undefined {
  const run = new Run(engine);
  for (const step of steps) {
    run.perform(long(step as ScriptStep));
    if (run.violations.length > 0) return run.violations[0];
  }
  return undefined;
}

/** Every rule holds throughout the steps. */
export const holds = (steps: readonly unknown[]): void =>
  assert.equal(performNamed(steps), undefined);

const short = (step: ScriptStep): ScriptStep =>
  'at' in step
    ? { ...step, at: step.at - START, command: withQueues(step.command, withoutDefaults) }
    : step;

const long = (step: ScriptStep): ScriptStep =>
  'at' in step
    ? {
        ...step,
        at: step.at + START,
        command: withQueues(step.command, (queue) => ({ ...QUEUE_DEFAULTS, ...queue })),
      }
    : step;

const withQueues = (command: Command, change: (queue: QueueConfig) => QueueConfig): Command =>
  command.type === 'configure' ? { ...command, queues: command.queues.map(change) } : command;

const withoutDefaults = (queue: QueueConfig): QueueConfig =>
  Object.fromEntries(
    Object.entries(queue).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(DEFAULTS[field]),
    ),
  ) as unknown as QueueConfig;
