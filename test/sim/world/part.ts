import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { AgentConfig } from '../../../src/model/agent.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { Random } from '../random.ts';
import type { Stage } from './stage.ts';

export type Enqueue = Extract<Command, { type: 'call.enqueue' }>;

export interface Configuration {
  readonly queues: readonly QueueConfig[];
  readonly agents: readonly AgentConfig[];
}

/**
 * One kind of thing that goes on around the engine. Every part has a die of its own, so that a new part changes
 * nothing in what the others throw. All times are epoch milliseconds. What a part leaves out does not happen.
 */
export interface Part {
  /** Plans what happens by itself; the configuration is made up by now. */
  begin?(): void;
  /** Answers what the engine did. */
  react?(now: number, change: Change): void;
  /** What this part gives a queue, an agent or a call that is being made up. Later parts win. */
  queueTraits?(n: number): Partial<QueueConfig>;
  agentTraits?(n: number): Partial<AgentConfig>;
  callTraits?(): Partial<Enqueue>;
  /** Mends a configuration that names what is no longer there. */
  mend?(configuration: Configuration): Configuration;
  /** Somebody does something sudden; one part is asked, from time to time. */
  upheaval?(now: number): Command | undefined;
  /** Commands that make no sense, or not any more: the engine must refuse or ignore them. */
  nonsense?(): readonly Command[];
}

export type MakePart = (stage: Stage, random: Random) => Part;
