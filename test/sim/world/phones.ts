import type { Change } from '../../../src/acd/changes.ts';
import type { AgentId } from '../../../src/model/ids.ts';
import type { MakePart } from './part.ts';

type OfferMade = Extract<Change, { type: 'offer.made' }>;

/** A phone that rings is answered, refused, busy, away, lost, or left ringing; outside, a machine may pick it up. */
export const phones: MakePart = (stage, random) => {
  const lose = (at: number, id: AgentId): void => {
    stage.send(at, { type: 'agent.reachable', agentId: id, reachable: false });
    const back = at + random.around(15_000);
    stage.send(back, { type: 'agent.reachable', agentId: id, reachable: true });
  };

  /** Picked up outside the house: a person takes it, or a machine says nothing until the offer is withdrawn. */
  const ask = (at: number, offerId: OfferMade['offerId']): void => {
    stage.send(at, { type: 'offer.pickedUp', offerId, askMs: 25_000 });
    stage.send(at + 5_000, { type: 'offer.pickedUp', offerId, askMs: 50_000 });
    if (random.next() < 0.5) {
      stage.send(at + random.around(20_000), { type: 'offer.answered', offerId });
    }
  };

  const ring = (now: number, { offerId, agentId, expiresAt }: OfferMade): void => {
    const at = now + random.around(4_000);
    const luck = random.next();
    const fail = (when: number, cause: 'rejected' | 'busy' | 'unreachable' | 'noAnswer') =>
      stage.send(when, { type: 'offer.failed', offerId, cause });
    if (luck < 0.62) stage.send(at, { type: 'offer.answered', offerId });
    else if (luck < 0.72) fail(at, 'rejected');
    else if (luck < 0.79) fail(now, 'busy');
    else if (luck < 0.84) fail(at, 'unreachable');
    else if (luck < 0.87) lose(at, agentId);
    else if (luck < 0.89) stage.send(at, { type: 'agent.signOut', agentId });
    else if (luck < 0.92) stage.send(expiresAt + 5, { type: 'offer.answered', offerId });
    else if (luck < 0.94) fail(expiresAt, 'noAnswer');
    else if (luck < 0.98) ask(Math.min(at, expiresAt - 1), offerId);
  };

  return {
    react(now, change) {
      if (change.type === 'offer.made') ring(now, change);
    },
    upheaval(now) {
      lose(now, random.pick(stage.agents).id);
      return undefined;
    },
  };
};
