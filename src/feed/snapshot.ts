import { iso } from '../lib/clock.ts';
import type { Snapshot } from '../runtime/ports/index.ts';
import type { Audience, Facts } from './audience.ts';
import { factsOfAgent, factsOfCall, factsOfOwned, factsOfQueue } from './mirror.ts';
import type { NumberedTopic } from './protocol.ts';
import { agentWire, callbackWire, callWire, messageWire, queueWire } from './wire.ts';

/** Everything that the audience sees, as it is now. */
export function snapshotText(
  snapshot: Snapshot,
  audience: Audience,
  why: 'subscribed' | 'lagged' | 'changed',
): string {
  const shown = <View, Wire>(
    topic: NumberedTopic,
    views: readonly View[],
    factsOf: (view: View) => Facts,
    wireOf: (view: View) => Wire,
  ) =>
    audience.topics.has(topic)
      ? { [topic]: views.filter((view) => audience.sees(topic, factsOf(view))).map(wireOf) }
      : {};
  const { seq, at, agents, queues, calls, callbacks, messages } = snapshot;
  return JSON.stringify({
    type: 'snapshot',
    seq,
    at: iso(at),
    why,
    ...shown('agents', agents, factsOfAgent, agentWire),
    ...shown('queues', queues, factsOfQueue, queueWire),
    ...shown('calls', calls, factsOfCall, callWire),
    ...shown('callbacks', callbacks, factsOfOwned, callbackWire),
    ...shown('messages', messages, factsOfOwned, messageWire),
  });
}
