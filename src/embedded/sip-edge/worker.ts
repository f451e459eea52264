import { runThreadPart } from '../../lib/thread-part.ts';
import type { SipEdgeConfig } from './config.ts';
import { openEdge } from './edge.ts';

await runThreadPart(async (config: SipEdgeConfig) => {
  const part = await openEdge(config);
  const { close: _, ...facts } = part;
  return { part, facts };
});
