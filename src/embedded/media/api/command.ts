import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';

/** An `api` command: takes what follows its name and answers at once, with FreeSWITCH's words. */
export type ApiCommand = (world: World, argument: string) => string;

export const NO_SUCH_CHANNEL = '-ERR No such channel!\n';

/** Cuts off the first word. */
export function firstWord(text: string): [string, string] {
  const trimmed = text.trim();
  const space = trimmed.indexOf(' ');
  return space < 0 ? [trimmed, ''] : [trimmed.slice(0, space), trimmed.slice(space + 1).trim()];
}

/** A command whose first word is a living channel's uuid. */
export function onChannel(
  run: (world: World, channel: Channel, rest: string) => string,
  missing = NO_SUCH_CHANNEL,
  usage?: string,
): ApiCommand {
  return (world, argument) => {
    const [uuid, rest] = firstWord(argument);
    if (uuid === '' && usage !== undefined) return `-USAGE: ${usage}\n`;
    const channel = world.channels.get(uuid);
    return channel?.up ? run(world, channel, rest) : missing;
  };
}
