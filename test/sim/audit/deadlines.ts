import type { MakeRule } from './rule.ts';

/** Nobody is past a deadline when a command has been carried out. */
export const deadlines: MakeRule = () => ({
  onStep({ now, model, expect }) {
    for (const [id, { expiresAt }] of model.offers) {
      expect(expiresAt > now, `T2 offer ${id} is past its deadline`);
    }
    for (const { id, state } of model.agentsIn('wrapUp')) {
      expect(state.until > now, `T2 agent ${id} is past the end of after-call work`);
    }
    for (const call of model.calls.values()) {
      const late = model.stageOf(call) === 'waiting' && call.waitUntil <= now;
      expect(!late, `T2 call ${call.id} waits past its time`);
    }
  },
});
