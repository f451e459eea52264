import type { CallSession } from '../call-session.ts';
import type { KeptPromise } from '../promises.ts';
import { type Ringing, ringAgent } from '../ring-agent.ts';
import type { World } from '../world.ts';

/** Rings an agent for a promise: what has been waited since is counted from when it was made. */
export function ringForPromise(
  world: World,
  { id, context }: Pick<KeptPromise, 'id' | 'context'>,
  offered: Pick<Ringing, 'offerId' | 'agent' | 'queueId' | 'alone'>,
): void {
  const now = world.clock.now();
  const waitMs = now - (world.engine.callback(id)?.madeAt ?? now);
  const callId = id as string as CallSession['id'];
  ringAgent(world, { ...offered, kind: 'callback', context, callId, waitMs });
}
