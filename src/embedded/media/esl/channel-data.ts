import { addCallerProfile } from '../channel/caller-profile.ts';
import type { Channel } from '../channel/channel.ts';
import { addChannelData } from '../channel/channel-events.ts';
import type { World } from '../world.ts';

/** The answer to an outbound socket's `connect`: the channel's data as the reply's own headers. */
export function channelData(world: World, channel: Channel): string {
  const event = world.core.event('CHANNEL_DATA');
  addCallerProfile(event, 'Channel', channel.profile);
  addChannelData(event, channel);
  event
    .add('Content-Type', 'command/reply')
    .add('Reply-Text', '+OK\n')
    .add('Socket-Mode', 'async')
    .add('Control', 'full');
  return event.plain();
}
