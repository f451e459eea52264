import type { Command, Reply } from '../acd/commands.ts';
import { breather, inSlices } from '../lib/slices.ts';
import type { QueueConfig } from '../model/queue.ts';
import { NOBODY, newsInSteps, partsOf } from './configuration-news.ts';
import { compileInSteps, repertoireOf } from './directory.ts';
import { FlowMemory } from './flow/memory.ts';
import type { CallCenterOptions } from './options.ts';
import { canDial } from './outbound/outbound.ts';
import { planOutside } from './outbound/outside.ts';
import type { Configuration } from './ports/index.ts';
import type { World } from './world.ts';

type Outside = Pick<CallCenterOptions, 'outside' | 'outbound'>;

/**
 * Reads the configuration again and has it take effect. Returns the errors of what cannot work, and then nothing has
 * changed. What is the same costs a look: callers have their turns meanwhile.
 */
export async function configure(world: World, options: Outside): Promise<readonly string[]> {
  const { desks, live, reach } = world;
  const read = await readWhole(world, options, world.flowMemory);
  if ('problems' in read) return read.problems;
  const { directory } = read.compiled;
  const before = world.directory ?? NOBODY;
  const news = await inSlices(newsInSteps(before, directory));
  const problem = await tellEngine(world, read, partsOf(before, news));
  if (problem !== undefined) return [problem];
  world.directory = directory;
  desks.configure(read.agents);
  read.outside.takeEffect(world.outbound);
  world.onAgents?.(read.agents);
  world.prerender(repertoireOf(directory, world.featureFlows));
  await inSlices(live.configured(before, news));
  await inSlices(reach.configure(read.agents));
  return [];
}

/**
 * At the start the whole, for what the journal left may be anything; after that what is different. Undefined: it has taken
 * all of it. Between the last part and what comes next nothing happens.
 */
async function tellEngine(
  { directory: before, inbox, zone, command }: World,
  { queues, agents }: Whole,
  parts: readonly Command[],
): Promise<string | undefined> {
  const tell = (said: Command): Reply => inbox.ask(() => command(said));
  const whole = { type: 'configure', zone } as const;
  const turn = breather(0);
  for (const said of before ? parts : [{ ...whole, queues, agents }]) {
    await turn();
    const reply = tell(said);
    if (reply.ok) continue;
    // Who was new, and was taken already, goes again.
    if (before && parts.length > 1)
      tell({ ...whole, queues: [...before.queues.values()], agents: [...before.agents.values()] });
    return reply.detail;
  }
  return undefined;
}

type Whole = Pick<Configuration, 'queues' | 'agents'>;

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
