import type { Change } from '../../../src/acd/changes.ts';
import type { Command } from '../../../src/acd/commands.ts';
import type { LongerBecause } from '../../../src/acd/tellings.ts';
import type { CallId, QueueId } from '../../../src/model/ids.ts';
import type { QueueConfig } from '../../../src/model/queue.ts';
import type { AuditedCall, Model } from './model.ts';
import type { MakeRule, Step } from './rule.ts';

type Due = Extract<Change, { type: 'announcement.due' }>;

/** A rise that is smaller is not told (rule EW4). */
const RISE_MS = 30_000;
/** So wide may a range be that is not about the next minute (rule EW5). */
const WIDTH_MAX = 4;
const SOON_MS = 60_000;

interface Told {
  readonly at: number;
  readonly lowMs: number;
  readonly highMs: number;
}

/** As configured before the command, or by it: what was due before a configuration went by the one before it. */
function configsOf(model: Model, command: Command, id: QueueId): readonly QueueConfig[] {
  const before = model.queuesEver.get(id);
  const by =
    command.type === 'configure' ? command.queues.find((queue) => queue.id === id) : undefined;
  return [before, by].filter((queue) => queue !== undefined);
}

/** C3, EW4 to EW6: callers hear of their place on time, and of their wait only what is kept, or explained. */
export const announcements: MakeRule = (model) => {
  /** When each call is to hear of its place: not before the one, and not after the other. */
  const due = new Map<CallId, { readonly from: number; readonly until: number }>();
  const told = new Map<CallId, Told>();
  /** What may explain that somebody waits longer: when it last was. */
  const since: Record<Exclude<LongerBecause, 'handleTime'>, number> = { staffing: 0, priority: 0 };

  const expectIn = (now: number, id: CallId, times: readonly number[]): void => {
    due.set(id, { from: now + Math.min(...times), until: now + Math.max(...times) });
  };

  const expectFirst = ({ now, command }: Step, id: CallId, queueId: QueueId): void => {
    const times = configsOf(model, command, queueId).map((queue) => queue.announceFirstMs);
    if (times.length > 0) expectIn(now, id, times);
  };

  const explains = ({ now, command, quiet }: Step, change: Change): void => {
    const isGone =
      change.type === 'agent.changed' && ['offline', 'notReady'].includes(change.to.kind);
    if (isGone) since.staffing = now;
    const isStaff = ['agent.intends', 'ledger.changed', 'queue.casual', 'call.directed'];
    if (isStaff.includes(change.type) || command.type === 'configure') since.staffing = now;
    // Phones that go, and calls that soften into larger or smaller pools, say nothing.
    if (command.type === 'agent.reachable' || !quiet) since.staffing = now;
    const placed = ['call.queued', 'callback.queued', 'call.overflowed', 'call.prioritised'];
    // A customer's own call has the place of the call back that stands aside for it.
    if (placed.includes(change.type) || change.type === 'callback.paused') since.priority = now;
  };

  const promised = ({ now, expect }: Step, call: AuditedCall, ewt: NonNullable<Due['ewt']>) => {
    const { lowMs, highMs, reason } = ewt;
    const before = told.get(call.id);
    told.set(call.id, { at: now, lowMs, highMs });
    if (!before) return expect(!reason, `EW4 call ${call.id} waits longer than nothing: ${reason}`);
    const leftMs = before.at + before.highMs - now;
    if (reason === undefined) {
      const isKept = highMs <= leftMs && lowMs <= before.lowMs;
      return expect(
        isKept,
        `EW4 call ${call.id} waits ${highMs} ms, not ${leftMs}, and nobody says why`,
      );
    }
    expect(highMs > leftMs + RISE_MS, `EW4 call ${call.id} waits no longer, because of ${reason}`);
    // Whether the calls before it take longer by now cannot be seen from outside.
    if (reason === 'handleTime') return;
    expect(
      since[reason] >= before.at,
      `EW4 call ${call.id} waits longer, not because of ${reason}`,
    );
  };

  const heard = (step: Step, change: Due): void => {
    const { now, command, expect } = step;
    const { callId: id, position, saysPosition, waitMs, ewt } = change;
    const call = model.calls.get(id);
    if (!call) return;
    const from = due.get(id)?.from ?? now;
    expect(now >= from, `C3 call ${id} hears of its place ${from - now} ms too soon`);
    const configs = configsOf(model, command, call.queueId);
    expectIn(
      now,
      id,
      configs.map((queue) => queue.announceEveryMs),
    );
    expect(waitMs === now - call.queuedAt, `C3 call ${id} is told that it has waited ${waitMs} ms`);
    const may = configs.some((queue) => saysPosition === position <= queue.announcePositionMax);
    expect(may, `EW6 call ${id} is told its place ${position}: ${saysPosition}`);
    if (!ewt) return;
    const { lowMs, highMs } = ewt;
    const isNarrow = highMs <= SOON_MS || highMs <= WIDTH_MAX * lowMs;
    const isRange = 0 <= lowMs && lowMs <= highMs && isNarrow;
    expect(isRange, `EW5 call ${id} is told a wait of ${lowMs} to ${highMs} ms`);
    const isWithin = configs.some((queue) => highMs <= queue.announceWaitMsMax);
    expect(isWithin, `EW6 call ${id} is told a wait of ${highMs} ms, which is more than is said`);
    expect(now + highMs <= call.waitUntil, `EW5 call ${id} is told a wait beyond its time`);
    promised(step, call, ewt);
  };

  return {
    onChange(step, change) {
      explains(step, change);
      switch (change.type) {
        case 'announcement.due':
          return heard(step, change);
        case 'call.queued':
          return expectFirst(step, change.callId, change.queueId);
        case 'call.overflowed':
          told.delete(change.callId);
          return expectFirst(step, change.callId, change.queueId);
        case 'call.prioritised': {
          const { callId: id, priority } = change;
          const call = model.calls.get(id);
          const levelMs = (call && model.queueOf(call)?.priorityLevelMs) ?? 0;
          // Who stands later than before has been told of the better place.
          if (call && priority < call.priority && levelMs > 0) told.delete(id);
          return;
        }
        case 'callback.ended':
          // Whoever was reached may come back, and then waits like any caller (rule C7).
          if (change.outcome === 'reached' && change.callId) {
            expectFirst(step, change.callId, change.queueId);
          }
          return;
        case 'call.connected':
          told.delete(change.callId);
          return;
        case 'call.left':
        case 'call.ended':
          due.delete(change.callId);
          told.delete(change.callId);
          return;
        default:
      }
    },

    onStep({ now, expect }) {
      for (const [id, { until }] of due) {
        const call = model.calls.get(id);
        const isLate = call && model.stageOf(call) === 'waiting' && now >= until;
        expect(!isLate, `C3 call ${id} waits and has not heard of its place for ${now - until} ms`);
      }
    },
  };
};
