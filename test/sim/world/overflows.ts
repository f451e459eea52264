import type { OverflowRule } from '../../../src/model/queue.ts';
import type { Configuration, MakePart } from './part.ts';

/** Only onwards, and only to queues that there are: no overflow comes back. */
function onwards({ queues, agents }: Configuration): Configuration {
  const known = new Set<string>(queues.map(({ id }) => id));
  return {
    agents,
    queues: queues.map((queue) => ({
      ...queue,
      overflow: queue.overflow.filter(({ to }) => !('queue' in to) || known.has(to.queue)),
    })),
  };
}

/** Queues that send callers on: after a time, when the line is long, when nobody is there. */
export const overflows: MakePart = (stage, random) => ({
  queueTraits(n) {
    const target = () => {
      const later = stage.queues.filter(({ id }) => id > `q${n}`);
      const known = later.length > 0 && random.chance(0.7);
      return { to: known ? { queue: random.pick(later).id } : { exit: 'voicemail' } };
    };
    const some = (): OverflowRule =>
      random.pick<OverflowRule>([
        { when: 'maxWait', ms: random.pick([5_000, 15_000, 19_999]), ...target() },
        { when: 'maxLength', over: random.between(0, 7), ...target() },
        { when: 'maxEwt', ms: random.pick([30_000, 300_000]), ...target() },
        { when: 'noAgentsStaffed', forMs: random.pick([0, 10_000]), ...target() },
        { when: 'noAgentsAvailable', forMs: random.pick([0, 10_000, 30_000]), ...target() },
      ]);
    return {
      overflow: random.chance(0.5) ? [] : Array.from({ length: random.between(1, 3) }, some),
    };
  },
  mend: onwards,
});
