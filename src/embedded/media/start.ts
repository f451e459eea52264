import { systemClock } from '../../lib/clock.ts';
import { newUuid } from '../../lib/ids.ts';
import { createLogger } from '../../lib/log.ts';
import { completeConfig, type MediaServer, type MediaServerConfig } from './config.ts';
import { SwitchCore } from './core.ts';
import { MediaSwitch } from './media-switch.ts';

/** The media server in this very thread: what the worker runs, and what tests may use. */
export async function startMediaServerHere(config: MediaServerConfig): Promise<MediaServer> {
  const complete = completeConfig(config);
  const core = new SwitchCore({
    config: complete,
    clock: systemClock,
    newId: newUuid,
    logger: createLogger(complete.logLevel),
  });
  const media = new MediaSwitch(core);
  await media.open();
  return { sipPort: media.sipPort, eslPort: media.eslPort, close: () => media.close() };
}
