import { causeOf } from '../channel/causes.ts';
import type { Channel } from '../channel/channel.ts';
import { isTrue } from '../channel/variables.ts';
import type { World } from '../world.ts';
import type { Command } from './command-parser.ts';

const LOOPS_MAX = 1_000_000;

/** `sendmsg <uuid>`: `execute` or `hangup`. Returns the reply. */
export function sendMessage(world: World, command: Command, uuid: string | undefined): string {
  const target = uuid ?? command.headers.get('session-id') ?? '';
  const channel = world.channels.get(target);
  if (!channel?.up) return `-ERR invalid session id [${target}]`;
  const call = command.headers.get('call-command')?.toLowerCase();
  if (call === 'execute') return execute(world, channel, command);
  if (call === 'hangup') {
    const cause = causeOf(command.headers.get('hangup-cause'));
    world.core.soon(() => channel.hangup(cause));
  }
  return '+OK';
}

function execute(world: World, channel: Channel, command: Command): string {
  const { headers } = command;
  const application = headers.get('execute-app-name');
  if (!application) return '+OK';
  const loops = Number(headers.get('loops') ?? 1);
  const execution = {
    application,
    data: headers.get('execute-app-arg') ?? command.body,
    uuid: headers.get('event-uuid') ?? world.core.newId(),
    uuidName: headers.get('event-uuid-name'),
    lock: isTrue(headers.get('event-lock')),
    loops: Number.isInteger(loops) && loops !== 0 ? Math.min(loops, LOOPS_MAX) : 1,
  };
  world.core.soon(() => {
    if (channel.up && !channel.executor.submit(execution)) {
      world.core.logger.warn({ uuid: channel.uuid }, 'Too many commands wait on a channel.');
    }
  });
  return '+OK';
}
