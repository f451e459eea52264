import { getPriority, setPriority } from 'node:os';
import { runThreadPart } from '../../lib/thread-part.ts';
import type { MediaServerConfig } from './config.ts';
import { startMediaServerHere } from './start.ts';

const PRIORITY = -10;

/** The 20 ms clock goes before everything else, where the system lets a process ask for that. */
function preferThisThread(): void {
  try {
    // On Linux, 0 is the calling thread alone (setpriority(2)).
    if (getPriority(0) > PRIORITY) setPriority(0, PRIORITY);
  } catch {
    // Without the privilege it works all the same, on a machine that is not overloaded.
  }
}

preferThisThread();
await runThreadPart(async (config: MediaServerConfig) => {
  const part = await startMediaServerHere(config);
  return { part, facts: { sipPort: part.sipPort, eslPort: part.eslPort } };
});
