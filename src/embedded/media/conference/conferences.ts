import type { Channel } from '../channel/channel.ts';
import type { ConferenceDoor, World } from '../world.ts';

/** Conferences by name. */
export class Conferences implements ConferenceDoor {
  constructor(_world: World) {}

  tick(): void {}

  join(_channel: Channel, _data: string): 'done' {
    return 'done';
  }

  command(_text: string): string {
    return '-ERR No active conferences.\n';
  }
}
