import type { QueueConfig } from '../model/queue.ts';
import { compileDirectory, sentencesOf } from './directory.ts';
import type { CallCenterOptions } from './options.ts';
import { canDial } from './outbound/outbound.ts';
import { planOutside } from './outbound/outside.ts';
import type { World } from './world.ts';

/**
 * Reads the configuration again and has it take effect. Returns the errors of what cannot work, and then nothing has
 * changed.
 */
export async function configure(
  world: World,
  { outside: options, outbound }: Pick<CallCenterOptions, 'outside' | 'outbound'>,
): Promise<readonly string[]> {
  const { zone, inbox, desks, live, reach } = world;
  const configuration = await world.configuration.load();
  const compiled = compileDirectory(configuration, zone, world.flowMemory);
  if ('problems' in compiled) return compiled.problems;
  const { queues, agents } = configuration;
  const outside = planOutside(configuration, options, outbound);
  const empty = canDial(outside.rules) ? [] : emptyPromises(queues);
  if (outside.problems.length + empty.length > 0) return [...outside.problems, ...empty];
  const { agents: oldAgents, queues: oldQueues } = live;
  const reply = inbox.ask(() => world.command({ type: 'configure', queues, agents, zone }));
  if (!reply.ok) return [reply.detail];
  world.directory = compiled.directory;
  desks.configure(agents);
  outside.takeEffect(world.outbound);
  live.all({ agents: oldAgents, queues: oldQueues });
  reach.configure(agents);
  world.onAgents?.(agents);
  world.prerender(sentencesOf(compiled.directory, world.featureFlows));
  return [];
}

/** No customer is promised a call that nothing here can place. */
const emptyPromises = (queues: readonly QueueConfig[]): readonly string[] =>
  queues
    .filter(({ callbackEnabled }) => callbackEnabled)
    .map(
      ({ id }) =>
        `Queue ${id}: call backs need a trunk that dials out and a destination that is allowed, and there is none.`,
    );
