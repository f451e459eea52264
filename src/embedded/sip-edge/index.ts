import { besides, startThreadPart } from '../../lib/thread-part.ts';
import type { SipEdge, SipEdgeConfig, SipEdgePorts } from './config.ts';

export type { InThreadOptions, SipEdge, SipEdgeConfig } from './config.ts';
/** The edge in the caller's own thread, for tests that inject a clock. */
export { openEdge as startSipEdgeInThread } from './edge.ts';

const CLOSE_MS_MAX = 5_000;

/**
 * Starts the SIP edge in a worker thread, so that a busy application cannot delay its timers. Fails with
 * an error that names the port if one is in use. `onDeath` hears of a worker that ended unasked.
 */
export function startSipEdge(
  config: SipEdgeConfig,
  onDeath: (error: Error) => void = () => {},
): Promise<SipEdge> {
  return startThreadPart<SipEdgePorts>({
    name: 'SIP edge',
    url: besides('worker', import.meta.url),
    config,
    closeMsMax: CLOSE_MS_MAX,
    onDeath,
  });
}
