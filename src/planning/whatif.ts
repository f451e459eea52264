import type { AgentState } from '../model/agent.ts';
import { agentId, callId, offerId } from '../model/ids.ts';
import type { RecordedDay } from '../model/recorded-day.ts';
import { play } from './playback.ts';
import { lastSeen, replayPlan, type Setting } from './replay.ts';
import { type DayFigures, Tally } from './tally.ts';

/** A day as it was, as the engine plays it with today's setting, and as it plays it with the changed one. */
export interface WhatIf {
  readonly calls: number;
  readonly recorded: DayFigures;
  /** How far from `recorded` it is says how well the replay catches the day. */
  readonly replayed: DayFigures;
  readonly changed: DayFigures;
}

/** Throws on a setting that the engine refuses, with its reasons. */
export function whatIf(day: RecordedDay, today: Setting, changed: Setting, seed = 1): WhatIf {
  return {
    calls: day.calls.length,
    recorded: recordedFigures(day, today),
    replayed: play(replayPlan(day, today, today, seed)),
    changed: play(replayPlan(day, today, changed, seed)),
  };
}

/** The record, counted in the same way as what is played. */
export function recordedFigures(day: RecordedDay, { queues, agents }: Setting): DayFigures {
  const tally = new Tally(queues, agents, day.from);
  const shortAbandonMs = new Map(queues.map((queue) => [queue.id, queue.shortAbandonMs]));
  for (const call of day.calls) {
    const { callId: id, queueId, queuedAt, waitMs, outcome, offers } = call;
    tally.take(queuedAt, { type: 'call.queued', callId: id, queueId, position: 1 });
    const agent = offers.findLast((offer) => offer.outcome === 'answered')?.agentId ?? agentId('');
    if (outcome === 'answered') {
      const offer = offerId(id);
      tally.take(queuedAt + waitMs, {
        type: 'call.connected',
        callId: id,
        queueId,
        agentId: agent,
        offerId: offer,
        waitMs,
      });
      continue;
    }
    const isShort = waitMs < (shortAbandonMs.get(queueId) ?? 0);
    const abandon = isShort ? 'shortAbandon' : 'abandoned';
    tally.take(queuedAt + waitMs, {
      type: 'call.left',
      callId: id,
      queueId,
      outcome: outcome === 'abandoned' ? abandon : 'queueTimeout',
      waitMs,
    });
  }
  for (const { agentId: id, at, kind } of day.agentStates) {
    const state = { kind, since: at, reason: '', callId: callId(''), until: at } as AgentState;
    tally.take(at, { type: 'agent.changed', agentId: id, from: state, to: state });
  }
  return tally.figures(lastSeen(day));
}
