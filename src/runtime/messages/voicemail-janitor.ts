import type { Clock, Timer } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import type { RecordingFolder } from '../ports/index.ts';
import type { VoicemailRepository } from '../ports/voicemails.ts';

export interface VoicemailJanitorOptions {
  readonly voicemails: Pick<VoicemailRepository, 'expire'>;
  readonly recordings: RecordingFolder;
  readonly keepMs: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 3_600_000;
/** Not while the house is opening its doors. */
const FIRST_MS = 60_000;

/** Deletes messages whose time is up, row and sound, once an hour: what callers said is not kept for ever. */
export function keepVoicemails(options: VoicemailJanitorOptions): { stop(): void } {
  const { voicemails, recordings, keepMs, clock, log } = options;
  let timer: Timer | undefined;
  let stopped = false;
  const sweep = async (): Promise<void> => {
    try {
      const ids = await voicemails.expire(clock.now() - keepMs());
      for (const id of ids) recordings.remove(id);
      if (ids.length > 0)
        log.info({ messages: ids.length }, 'Messages were deleted: their time is up');
    } catch (error) {
      log.warn({ error: String(error) }, 'Old messages could not be deleted; later again');
    }
    if (!stopped) timer = clock.after(EVERY_MS, () => void sweep());
  };
  timer = clock.after(FIRST_MS, () => void sweep());
  return {
    stop() {
      stopped = true;
      timer?.cancel();
    },
  };
}
