import type { CasualThreshold } from '../model/queue.ts';
import { refreshAgent } from './agents.ts';
import { NEVER } from './deadlines.ts';
import { formalEstimate } from './estimate.ts';
import { windowOf } from './service-level.ts';
import type { Floor, Queue } from './state.ts';

/**
 * Figures move with time alone: they are looked at again this soon while somebody waits or may help. Nor does a gate
 * close sooner: else it would be shut behind each call that a casual agent is offered, and opened for the next.
 */
const WEIGH_EVERY_MS = 5_000;

/** Of fewer callers a service level says nothing: one late answer in the morning is no need. */
export const SERVICE_LEVEL_CALLERS_MIN = 10;

interface Need {
  /** Infinite: somebody is in line and nobody but casual agents is at work. */
  readonly ewtMs: number;
  readonly serviceLevel: number | undefined;
}

/**
 * Weighs the need for casual agents in every queue that was touched (rule B4). It comes after the routing, so that
 * whoever is an agent by trade is asked first. True: some may help now who might not, or the other way round.
 */
export function weighGates(floor: Floor): boolean {
  if (floor.touchedGates.length === 0) return false;
  let turned = false;
  for (const gate of floor.touchedGates.splice(0)) {
    gate.touched = false;
    const queue = floor.queues.get(gate.queueId);
    if (queue?.gate === gate && weigh(floor, queue)) turned = true;
  }
  return turned;
}

function weigh(floor: Floor, queue: Queue): boolean {
  const { gate, config } = queue;
  const need = needOf(floor, queue);
  const isHeld = floor.now < gate.openedAt + WEIGH_EVERY_MS;
  const isOpen = gate.open
    ? isHeld || !isOver(need, config.casualOut)
    : isUnder(need, config.casualIn);
  const open = isOpen && gate.helpers.length > 0;
  const isWatched = gate.helpers.length > 0 && (open || queue.inLine.size > 0);
  // Whatever is weighed meanwhile, it may close as soon as it is held open no longer.
  const next = (isHeld && open ? gate.openedAt : floor.now) + WEIGH_EVERY_MS;
  floor.deadlines.set(gate, isWatched ? next : NEVER);
  if (open === gate.open) return false;
  gate.open = open;
  if (open) gate.openedAt = floor.now;
  tell(floor, queue, need);
  for (const agent of gate.helpers) refreshAgent(floor, agent);
  return true;
}

/** Either figure is worse than the threshold. */
const isUnder = ({ ewtMs, serviceLevel }: Need, limit: CasualThreshold): boolean =>
  ewtMs > limit.ewtMs || (serviceLevel !== undefined && serviceLevel < limit.serviceLevel);

/** Both are better. */
const isOver = ({ ewtMs, serviceLevel }: Need, limit: CasualThreshold): boolean =>
  ewtMs < limit.ewtMs && (serviceLevel === undefined || serviceLevel > limit.serviceLevel);

/**
 * What the queue would be like without casual agents: were they counted, their help would close the door that lets
 * them in. Whoever has waited longer than the estimate says is the better estimate.
 */
function needOf(floor: Floor, queue: Queue): Need {
  const { offered, within } = windowOf(floor, queue);
  const serviceLevel = offered >= SERVICE_LEVEL_CALLERS_MIN ? within / offered : undefined;
  const oldest = queue.inLine.first;
  if (oldest === undefined) return { ewtMs: 0, serviceLevel };
  const estimate = formalEstimate(floor, queue);
  if (estimate === undefined) return { ewtMs: Number.POSITIVE_INFINITY, serviceLevel };
  const middle = (estimate.lowMs + estimate.highMs) / 2;
  return { ewtMs: Math.round(Math.max(middle, floor.now - oldest.queuedAt)), serviceLevel };
}

function tell(floor: Floor, { id, gate }: Queue, { ewtMs, serviceLevel }: Need): void {
  floor.changes.push({
    type: 'queue.casual',
    queueId: id,
    open: gate.open,
    ...(Number.isFinite(ewtMs) ? { ewtMs } : {}),
    ...(serviceLevel === undefined ? {} : { serviceLevel }),
  });
}
