import type { EpochMs } from '../lib/clock.ts';
import type { QueueConfig } from '../model/queue.ts';
import type { Agent, Call, CallStage, Queue, Talking } from './state.ts';

/** The one way to wait: the stage has no fields. */
export const WAITING: CallStage = { kind: 'waiting' };

/** Nobody has been on hold yet. */
export const talking = (agent: Agent, since: EpochMs): Talking => ({
  kind: 'talking',
  agent,
  since,
  heldMs: 0,
});

/** Whether the queue has as many rings and conversations as it may have (rule R18). */
export const isFull = ({ offered, talking, config }: Queue): boolean =>
  offered + talking >= config.activeMax;

/** Whether the call is offered by a queue that rings several phones at once (rules M1 and M2). */
export const isRingingMany = ({ stage, queue, ticket, directed }: Call): boolean =>
  stage.kind === 'offered' && ticket === undefined && !directed && ringsMany(queue.config);

const ringsMany = ({ strategy }: QueueConfig): boolean =>
  strategy === 'ring-all' || strategy === 'ring-progressively';
