import type { CallId } from '../../../src/model/ids.ts';
import type { MakeRule } from './rule.ts';

interface Place {
  readonly start: number;
  readonly until: number;
}

/** C8: who hangs up and rings again in time has the old place, once. */
export const places: MakeRule = () => {
  const kept = new Map<string, Place>();
  const regained = new Set<CallId>();
  return {
    onChange({ now, command, model, expect }, change) {
      if (change.type === 'call.queued' && command.type === 'call.enqueue') {
        const key = `${change.queueId} ${command.callerKey}`;
        const place = command.callerKey === undefined ? undefined : kept.get(key);
        kept.delete(key);
        const valid = place !== undefined && place.until > now;
        const sentence = `C8 call ${change.callId} regained ${change.regained}, a place kept ${valid}`;
        expect(valid === (change.regained ?? false), sentence);
        if (valid) regained.add(change.callId);
        model.startAt(change.callId, valid ? place.start : Number.POSITIVE_INFINITY);
      }
      if (change.type === 'call.ended') regained.delete(change.callId);
      if (change.type !== 'call.left') return;
      const call = model.calls.get(change.callId);
      const regainMs = (call && model.queues.get(call.asked.queueId)?.regainMs) ?? 0;
      const again = regained.delete(change.callId);
      if (!call?.asked.callerKey || !change.outcome.toLowerCase().includes('abandon')) return;
      if (regainMs === 0 || again || change.byHouse) return;
      const key = `${call.asked.queueId} ${call.asked.callerKey}`;
      kept.set(key, { start: call.effectiveStart, until: now + regainMs });
    },
  };
};
