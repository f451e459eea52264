import { own } from '../../../lib/own.ts';
import type { Channel } from '../channel/channel.ts';
import type { ConferenceDoor, World } from '../world.ts';
import { CONFERENCE_COMMANDS, jsonOf, listRooms } from './commands.ts';
import { Conference } from './conference.ts';
import type { Member } from './member.ts';

const ROOMS_MAX = 500;
const MEMBERS_MAX = 200;

/** Conferences by name: the application `conference` and the api command of that name. */
export class Conferences implements ConferenceDoor {
  readonly #world: World;
  readonly #rooms = new Map<string, Conference>();

  constructor(world: World) {
    this.#world = world;
  }

  tick(): void {
    for (const room of this.#rooms.values()) room.tick();
  }

  /** `name[@profile][+pin][+flags{a|b}]`; the first who comes makes the room. */
  join(channel: Channel, data: string): Member | 'done' {
    const [, name = '', profile, flagText = ''] =
      /^([^@+]+)(?:@([^+]+))?(?:\+(?!flags).*?)?(?:\+flags\{([^}]*)\})?$/.exec(data.trim()) ?? [];
    if (name === '') return 'done';
    const flags = new Set(flagText.split('|').map((flag) => flag.trim()));
    const room = this.#rooms.get(name) ?? this.#create(name, profile ?? 'default');
    if (!room || room.locked) return 'done';
    if (room.members.size >= Math.min(MEMBERS_MAX, room.membersMax)) return 'done';
    return room.member(channel, flags);
  }

  /** `conference list`, `conference <name> <command> <words>`. */
  command(text: string): string {
    const [name = '', verb, ...words] = text.trim().split(/\s+/);
    if (name === 'list' || name === '') return listRooms(this.#rooms.values());
    if (name === 'json_list') {
      const now = this.#world.core.clock.now();
      return JSON.stringify([...this.#rooms.values()].map((room) => jsonOf(room, now)));
    }
    const room = this.#rooms.get(name);
    if (!room) return `-ERR Conference ${name} not found\n`;
    if (verb === 'transfer') return this.#transfer(room, words);
    const command = own(CONFERENCE_COMMANDS, verb?.toLowerCase() ?? 'list');
    if (!command) return `-ERR Conference command '${verb}' not found.\n`;
    return command(room, words, this.#world);
  }

  #create(name: string, profile: string): Conference | undefined {
    if (this.#rooms.size >= ROOMS_MAX) return undefined;
    const room = new Conference(this.#world, name, profile, () => {
      if (this.#rooms.get(name) === room) this.#rooms.delete(name);
    });
    this.#rooms.set(name, room);
    return room;
  }

  /** `transfer <other conference> <members…>` */
  #transfer(room: Conference, [target = '', ...ids]: string[]): string {
    const replies: string[] = [];
    for (const id of ids) {
      const member = room.members.get(Number(id));
      if (!member) {
        replies.push(`-ERR Non-Existant ID ${id}\n`);
        continue;
      }
      const actions = [{ application: 'conference', data: target }];
      this.#world.core.soon(() => this.#world.bridges.transfer(member.channel, actions));
      replies.push(`+OK Member '${id}' sent to conference ${target}.\n`);
    }
    return replies.join('') || '-ERR no members\n';
  }
}
