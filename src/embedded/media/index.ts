import { besides, startThreadPart } from '../../lib/thread-part.ts';
import type { MediaServer, MediaServerConfig, MediaServerPorts } from './config.ts';

export type { MediaServer, MediaServerConfig } from './config.ts';
/** The media server in the caller's own thread, for tests. */
export { startMediaServerHere } from './start.ts';

/** BYEs have so long to leave before the thread is ended. */
const CLOSE_MS_MAX = 3_000;

/**
 * Starts the embedded media server in a thread of its own, so that nothing the application does disturbs
 * the 20 ms clock. Fails with an error that names the address when a port is in use. `onDeath` hears of a
 * thread that ended unasked.
 */
export function startMediaServer(
  config: MediaServerConfig,
  onDeath: (error: Error) => void = () => {},
): Promise<MediaServer> {
  return startThreadPart<MediaServerPorts>({
    name: 'media server',
    url: besides('worker', import.meta.url),
    config,
    closeMsMax: CLOSE_MS_MAX,
    onDeath,
  });
}
