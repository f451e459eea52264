import type { Clock } from '../lib/clock.ts';
import { pause } from '../lib/wait.ts';
import type { SupervisionMode } from '../model/supervision.ts';
import type { Channel } from './channel.ts';

/** `eavesdrop`'s keys, on the agent's channel (switch-facts.md): 2 is heard by that channel's phone, 3 by both. */
const KEYS: Readonly<Record<SupervisionMode, string>> = { listen: '0', whisper: '2', barge: '3' };

/** How often, and how far apart, the media server is asked whether it listens yet. */
const ASKED_MAX = 40;
const ASK_MS = 25;

/**
 * The supervisor hears what the target's phone says and hears, by `eavesdrop`; who hears them is said by keys that the
 * media server is told to have received. Begun by a transfer, so that nothing that still plays is played beneath.
 */
export async function overhear(
  supervisor: Channel,
  target: Channel,
  mode: SupervisionMode,
  clock: Clock,
): Promise<boolean> {
  if (supervisor.mediaServer !== target.mediaServer || target.gone) return false;
  supervisor.stopPlaying();
  const answers = [
    await supervisor.command('uuid_setvar', 'eavesdrop_enable_dtmf true'),
    await supervisor.transferTo(`eavesdrop:${target.uuid}`),
  ];
  if (!answers.every((answer) => answer.startsWith('+OK'))) return false;
  if (mode === 'listen') return true;
  // A key that comes before the application runs is lost.
  for (let asked = 0; asked < ASKED_MAX; asked++) {
    const runs = await supervisor.command('uuid_getvar', 'current_application');
    if (runs.trim() === 'eavesdrop') return overhearAs(supervisor, mode);
    await pause(clock, ASK_MS);
  }
  return false;
}

export async function overhearAs(supervisor: Channel, mode: SupervisionMode): Promise<boolean> {
  return (await supervisor.command('uuid_recv_dtmf', `${KEYS[mode]}@100`)).startsWith('+OK');
}

/** `uuid_break` does nothing to it. */
export async function stopOverhearing(supervisor: Channel): Promise<boolean> {
  return (await supervisor.transferTo()).startsWith('+OK');
}
