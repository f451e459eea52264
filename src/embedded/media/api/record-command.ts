import { own } from '../../../lib/own.ts';
import { startRecording } from '../apps/applications.ts';
import { type RecordingVariable, recordersOf, type SessionRecorder } from '../apps/recorder.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import type { ApiCommand } from './command.ts';

const ACTIONS: Readonly<Record<string, (recorder: SessionRecorder) => void>> = {
  stop: (recorder) => recorder.stop(),
  mask: (recorder) => {
    recorder.masked = true;
  },
  unmask: (recorder) => {
    recorder.masked = false;
  },
};

/** `uuid_record <uuid> start|stop|mask|unmask <path> [<limit s> [{name=value,…}]]` */
export const record: ApiCommand = (world, argument) => {
  const [uuid, action, path, limit, variables] = argument.trim().split(/\s+/);
  const channel = world.channels.get(uuid ?? '');
  if (!channel?.up) return '-ERR Cannot locate session!\n';
  const act = own(ACTIONS, action ?? '');
  if (!path || (action !== 'start' && !act)) {
    return '-USAGE: <uuid> [start|stop|mask|unmask] <path> [<limit>] [<recording_vars>]\n';
  }
  if (!act) return start(world, channel, path, Number(limit) || 0, variables);
  const recorders = recordersOf(channel, path);
  if (recorders.length === 0) return `-ERR Cannot ${action} record session!\n`;
  for (const recorder of recorders) act(recorder);
  return '+OK Success\n';
};

function start(
  world: World,
  channel: Channel,
  path: string,
  limitSeconds: number,
  variables: string | undefined,
): string {
  const own = bracketed(variables ?? '');
  const variable: RecordingVariable = (name) => own.get(name) ?? channel.variables.get(name);
  world.core.soon(() => startRecording(channel, path, limitSeconds, variable));
  return '+OK Success\n';
}

/** `{a=1,b=2}` */
function bracketed(text: string): Map<string, string> {
  const pairs = (/^\{(.*)\}$/.exec(text)?.[1] ?? '').split(',');
  return new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)] as const;
    }),
  );
}
