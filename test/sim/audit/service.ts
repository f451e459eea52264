import { SERVICE_LEVEL_CALLERS_MIN } from '../../../src/acd/casual.ts';
import type { Change } from '../../../src/acd/changes.ts';
import { WINDOW_MINUTES } from '../../../src/acd/service-level.ts';
import type { CallId, QueueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import { type AuditedCall, isCasual, type Model } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

const MINUTE_MS = 60_000;
/** A gate is weighed so often, and open for so long at least (rule B4). */
const WEIGH_EVERY_MS = 5_000;
/** No phone takes so long to be answered: with an agent free for it, nobody is expected to wait that long. */
const SURELY_MS = 60_000;

interface Counted {
  readonly queueId: QueueId;
  readonly minute: number;
  readonly within: boolean;
}

const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS);

/** Callers in the line of a queue, by arrival. */
const lineOf = (model: Model, id: QueueId): readonly AuditedCall[] =>
  [...model.calls.values()].filter(
    (call) =>
      call.queueId === id &&
      !call.isStandIn &&
      !call.isDirected &&
      model.stageOf(call) !== 'talking',
  );

/** SL1, B4: the service level counts who came, and casual agents may help while there is need, and no longer. */
export const service: MakeRule = (model) => {
  let counted: Counted[] = [];
  /** Calls that were answered and counted: they may yet come back. */
  const answers = new Map<CallId, Counted>();
  /** What is in time in each queue; 0: it has changed, and a call that comes back may count as it did not. */
  const limits = new Map<QueueId, number>();
  const openedAt = new Map<QueueId, number>();
  /** Since when a queue that is closed to casual agents has needed them, and an open one has not. */
  const neededSince = new Map<QueueId, number>();
  const idleSince = new Map<QueueId, number>();

  const count = (now: number, queueId: QueueId, within: boolean): Counted => {
    const one = { queueId, minute: minuteOf(now), within };
    counted.push(one);
    return one;
  };

  /** Undefined: too few callers to say. */
  const levelOf = (now: number, { id, serviceLevelMs }: QueueConfig): number | undefined => {
    const from = minuteOf(now) - (WINDOW_MINUTES - 1);
    const own = counted.filter((one) => one.queueId === id && one.minute >= from);
    const late = lineOf(model, id).filter(({ queuedAt }) => now - queuedAt > serviceLevelMs);
    const offered = own.length + late.length;
    if (offered < SERVICE_LEVEL_CALLERS_MIN) return undefined;
    return own.filter(({ within }) => within).length / offered;
  };

  const hasHelpers = ({ id, relaxation }: QueueConfig): boolean => {
    const groups = relaxation.flatMap(({ addGroups = [] }) => addGroups);
    return [...model.agents.values()].some(
      (agent) =>
        isCasual(agent) &&
        model.configured.has(agent.config.id) &&
        (agent.config.queueIds.includes(id) ||
          (agent.config.groupIds ?? []).some((group) => groups.includes(group))),
    );
  };

  const turned = (step: Step, change: Extract<Change, { type: 'queue.casual' }>): void => {
    const { now, command, expect } = step;
    const { queueId: id, open, ewtMs, serviceLevel } = change;
    const opened = openedAt.get(id);
    if (open) openedAt.set(id, now);
    else openedAt.delete(id);
    const queue = model.queues.get(id);
    // What was due before a configuration went by the one before it.
    if (!queue || command.type === 'configure') return;
    const level = levelOf(now, queue);
    expect(
      level === serviceLevel,
      `SL1 the service level of ${id} is ${level}, not ${serviceLevel}`,
    );
    if (open || !hasHelpers(queue)) return;
    expect(now - (opened ?? 0) >= WEIGH_EVERY_MS, `B4 queue ${id} was closed as soon as it opened`);
    const { casualOut } = queue;
    const isOver =
      ewtMs !== undefined &&
      ewtMs < casualOut.ewtMs &&
      (serviceLevel === undefined || serviceLevel > casualOut.serviceLevel);
    expect(isOver, `B4 queue ${id} was closed to casual agents in need`);
  };

  /** Of what can be seen from outside: who has waited, and how many were served in time. */
  const isNeeded = (now: number, queue: QueueConfig): boolean => {
    const [oldest] = lineOf(model, queue.id);
    if (!oldest) return false;
    const level = (limits.get(queue.id) !== 0 && levelOf(now, queue)) || 1;
    return now - oldest.queuedAt > queue.casualIn.ewtMs || level < queue.casualIn.serviceLevel;
  };

  /** As surely as can be seen from outside: nobody waits, and somebody of the trade is free for whoever comes. */
  const isOver = (now: number, queue: QueueConfig): boolean => {
    const { id, casualOut } = queue;
    if (limits.get(id) === 0 || casualOut.ewtMs < SURELY_MS) return false;
    if ([...model.calls.values()].some((call) => call.queueId === id)) return false;
    const level = levelOf(now, queue);
    if (level !== undefined && level <= casualOut.serviceLevel) return false;
    return [...model.agents.values()].some(
      (agent) =>
        !isCasual(agent) &&
        agent.config.queueIds.includes(id) &&
        model.isFree(now, agent) &&
        Object.entries(queue.requiredSkills).every(
          ([name, least]) => (agent.config.skills[name] ?? 0) >= least,
        ),
    );
  };

  const follow = ({ now }: Step, change: Change): void => {
    switch (change.type) {
      case 'call.connected': {
        const call = model.calls.get(change.callId);
        const queue = call && model.queueOf(call);
        if (!call || !queue || call.isDirected) return;
        const within = now - call.queuedAt <= queue.serviceLevelMs;
        answers.set(call.id, count(now, call.queueId, within));
        return;
      }
      case 'call.returned': {
        const answer = answers.get(change.callId);
        counted = counted.filter((one) => one !== answer);
        answers.delete(change.callId);
        return;
      }
      case 'call.overflowed':
        count(now, change.fromQueueId, false);
        return;
      case 'call.left':
        answers.delete(change.callId);
        if (change.directed || ['shortAbandon', 'callback'].includes(change.outcome)) return;
        count(now, change.queueId, false);
        return;
      case 'call.ended':
        answers.delete(change.callId);
        return;
      default:
    }
  };

  return {
    onChange(step, change) {
      if (change.type === 'queue.casual') turned(step, change);
      follow(step, change);
    },

    onStep({ now, expect }) {
      const from = minuteOf(now) - WINDOW_MINUTES;
      // A queue that is gone and comes back begins anew.
      const isThere = (id: QueueId): boolean =>
        model.queues.has(id) || [...model.calls.values()].some(({ queueId }) => queueId === id);
      counted = counted.filter(({ queueId, minute }) => minute >= from && isThere(queueId));
      for (const [id, queue] of model.queues) {
        const limit = limits.get(id) ?? queue.serviceLevelMs;
        limits.set(id, limit === queue.serviceLevelMs ? limit : 0);
        const waitsForHelp = !openedAt.has(id) && hasHelpers(queue) && isNeeded(now, queue);
        if (!waitsForHelp) neededSince.delete(id);
        const since = neededSince.get(id) ?? now;
        if (waitsForHelp) neededSince.set(id, since);
        expect(now - since < WEIGH_EVERY_MS, `B4 queue ${id} is closed to casual agents in need`);
        const isOpenInVain = openedAt.has(id) && isOver(now, queue);
        const overSince = isOpenInVain ? (idleSince.get(id) ?? now) : now;
        if (isOpenInVain) idleSince.set(id, overSince);
        else idleSince.delete(id);
        const isLate = now - overSince > WEIGH_EVERY_MS;
        expect(!isLate, `B4 queue ${id} is open to casual agents, and nobody needs them`);
      }
    },
  };
};
