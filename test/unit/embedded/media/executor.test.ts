import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Activity } from '../../../../src/embedded/media/channel/activity.ts';
import { Executor, type QueuedExecution } from '../../../../src/embedded/media/channel/executor.ts';

/** Applications by name that end when they are told; `now` ends at once. */
function stage() {
  const log: string[] = [];
  const running = new Map<string, (response?: string) => void>();
  let nowMs = 0;
  const executor = new Executor({
    begin: ({ application }): Activity | 'done' | undefined => {
      if (application === 'unknown') return undefined;
      if (application === 'now') return 'done';
      return {
        start: (finish) => running.set(application, finish),
        interrupt: (why) => running.get(application)?.(why),
      };
    },
    executing: ({ application }) => log.push(`+${application}`),
    executed: ({ application }, response) => log.push(`-${application}:${response ?? ''}`),
    unknown: ({ application }) => log.push(`?${application}`),
    nowMs: () => nowMs,
  });
  const submit = (application: string, more: Partial<QueuedExecution> = {}) =>
    executor.submit({
      application,
      data: '',
      uuid: '',
      uuidName: undefined,
      lock: false,
      loops: 1,
      ...more,
    });
  const end = (application: string) => running.get(application)?.('end');
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { log, executor, submit, end, pass, running };
}

test('A command that comes during another runs above it; then the first goes on', () => {
  const { log, executor, submit, end } = stage();
  submit('music');
  const music = executor.top;
  submit('words');
  assert.notEqual(executor.top, music);
  end('words');
  assert.equal(executor.top, music);
  assert.deepEqual(log, ['+music', '+words', '-words:end']);
});

test('With a lock the next waits', () => {
  const { log, submit, end } = stage();
  submit('a', { lock: true });
  submit('b', { lock: true });
  assert.deepEqual(log, ['+a']);
  end('a');
  end('b');
  assert.deepEqual(log, ['+a', '-a:end', '+b', '-b:end']);
});

test('A break ends all that was asked for, the inner first; a queue is kept unless all is said', () => {
  const { log, executor, submit } = stage();
  submit('outer');
  submit('inner', { lock: true });
  submit('waiting');
  executor.breakTop(false);
  assert.deepEqual(log.slice(0, 4), ['+outer', '+inner', '-inner:break', '+waiting']);
  const other = stage();
  other.submit('outer', { lock: true });
  other.submit('waiting');
  other.executor.breakTop(true);
  assert.deepEqual(other.log, ['+outer', '-outer:break']);
});

test('A hangup unwinds from the top, and nothing begins after it', () => {
  const { log, executor, submit } = stage();
  executor.enter({ start: () => undefined, interrupt: () => log.push('base') }, () => undefined);
  submit('a');
  submit('b');
  executor.unwind('hangup');
  assert.equal(submit('late'), false);
  assert.deepEqual(log, ['+a', '+b', '-b:hangup', '-a:hangup', 'base']);
});

test('An endless loop goes on while its rounds last, stops at a brief one, and at a break', async () => {
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const { log, executor, submit, end, pass } = stage();
  submit('music', { loops: -1 });
  for (let round = 0; round < 3; round++) {
    pass(600);
    end('music');
    await turn();
  }
  assert.equal(log.filter((entry) => entry === '+music').length, 4);
  end('music');
  await turn();
  assert.equal(executor.depth, 0);
  submit('music', { loops: -1 });
  pass(600);
  executor.breakTop(false);
  await turn();
  assert.equal(executor.depth, 0);
});

test('What is unknown is told, what waits has a limit', () => {
  const { log, executor, submit } = stage();
  submit('unknown');
  submit('now');
  assert.deepEqual(log, ['+unknown', '?unknown', '+now', '-now:']);
  for (let i = 0; i < 40; i++) submit(`a${i}`);
  assert.equal(executor.depth, 16);
  let accepted = 0;
  while (submit('more') && accepted < 5000) accepted++;
  assert.ok(accepted < 1000);
});
