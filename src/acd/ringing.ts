import { addRing } from './offers.ts';
import { phonesWanted } from './ring-times.ts';
import type { Floor } from './state.ts';
import { chooseForRinging } from './strategies.ts';

/**
 * After a routing: agents for whom nobody waits are rung for calls that ring already and may ring more phones, in the
 * one order of calls (rules M1 and M2). A caller with no phone ringing comes before.
 */
export function ringMore(floor: Floor): void {
  if (floor.ringing.size === 0) return;
  for (const call of [...floor.ringing]) {
    const { stage } = call;
    // A phone that rings may still save a call whose time is up; no other is rung for it (rule C4).
    if (stage.kind !== 'offered' || call.waitUntil <= floor.now) continue;
    for (let n = phonesWanted(floor, call, stage) - stage.rings.length; n > 0; n--) {
      const agent = chooseForRinging(floor, call);
      if (!agent) break;
      addRing(floor, call, agent);
    }
  }
}
