import { inSlices } from '../lib/slices.ts';
import type { QueueConfig } from '../model/queue.ts';
import { compileInSteps, sentencesOf } from './directory.ts';
import { FlowMemory } from './flow/memory.ts';
import type { CallCenterOptions } from './options.ts';
import { canDial } from './outbound/outbound.ts';
import { planOutside } from './outbound/outside.ts';
import type { World } from './world.ts';

type Outside = Pick<CallCenterOptions, 'outside' | 'outbound'>;

/**
 * Reads the configuration again and has it take effect. Returns the errors of what cannot work, and then nothing has
 * changed.
 */
export async function configure(world: World, options: Outside): Promise<readonly string[]> {
  const { zone, inbox, desks, live, reach } = world;
  const read = await readWhole(world, options, world.flowMemory);
  if ('problems' in read) return read.problems;
  const { compiled, outside, queues, agents } = read;
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

/** What would keep the configuration that is stored from taking effect: it does not. */
export async function objectionsTo(world: World, options: Outside): Promise<readonly string[]> {
  // Nothing of it is remembered: it may never come to be.
  const read = await readWhole(world, options, new FlowMemory());
  return 'problems' in read ? read.problems : [];
}

async function readWhole(
  { configuration: source, zone }: World,
  { outside: options, outbound }: Outside,
  memory: FlowMemory,
) {
  const configuration = await source.load();
  const compiled = await inSlices(compileInSteps(configuration, zone, memory));
  if ('problems' in compiled) return compiled;
  const { queues, agents } = configuration;
  const outside = planOutside(configuration, options, outbound);
  const empty = canDial(outside.rules) ? [] : emptyPromises(queues);
  const problems = [...outside.problems, ...empty];
  return problems.length > 0 ? { problems } : { compiled, outside, queues, agents };
}

/** No customer is promised a call that nothing here can place. */
const emptyPromises = (queues: readonly QueueConfig[]): readonly string[] =>
  queues
    .filter(({ callbackEnabled }) => callbackEnabled)
    .map(
      ({ id }) =>
        `Queue ${id}: call backs need a trunk that dials out and a destination that is allowed, and there is none.`,
    );
