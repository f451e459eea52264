import { describe, it } from 'node:test';
import { holds } from './named-test.ts';

/** What seeds found and the shrinker made small. Each was a mistake once, of the engine or of its judge. */
describe('found by the simulator', () => {
  it('V2: of two rules that lead to the same queue, the one that is due first counts (seed 4)', () => {
    const overflow = [
      { when: 'maxWait', ms: 15_000, to: { queue: 'q5' } },
      { when: 'maxWait', ms: 5_000, to: { queue: 'q5' } },
    ];
    const queues = [
      { id: 'q5', name: 'Queue 5' },
      { id: 'q4', name: 'Queue 4', overflow },
    ];
    holds([
      { at: 0, command: { type: 'configure', queues, agents: [] } },
      {
        at: 23_853,
        command: {
          type: 'call.enqueue',
          callId: 'c3609',
          queueId: 'q4',
          priority: 5,
          requiredSkills: {},
        },
      },
      { at: 28_853, command: { type: 'tick' } },
    ]);
  });
});
