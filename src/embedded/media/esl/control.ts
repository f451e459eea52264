import type { Channel } from '../channel/channel.ts';
import { isTrue } from '../channel/variables.ts';
import type { World } from '../world.ts';
import type { Command } from './command-parser.ts';
import type { Subscription } from './subscription.ts';

/** The commands that concern the connection itself: what it hears, and how it ends. */
export class ControlCommands {
  /** An outbound connection that stays after its channel. */
  lingering = false;
  readonly #world: World;
  readonly #subscription: Subscription;
  readonly #channel: Channel | undefined;

  constructor(world: World, subscription: Subscription, channel: Channel | undefined) {
    this.#world = world;
    this.#subscription = subscription;
    this.#channel = channel;
  }

  /** Runs a command and returns its Reply-Text. */
  run(word: string, rest: string[], command: Command): string {
    const subscription = this.#subscription;
    switch (word) {
      case 'event':
        return subscription.add(rest)
          ? `+OK event listener enabled ${subscription.format}`
          : '-ERR no keywords supplied';
      case 'nixevent':
        return subscription.remove(rest) ? '+OK events nixed' : '-ERR no keywords supplied';
      case 'noevents':
        return subscription.clear()
          ? '+OK no longer listening for events'
          : '-ERR not listening for events';
      case 'myevents':
        return this.#myEvents(rest);
      case 'filter':
        return this.#filter(rest);
      case 'linger':
      case 'nolinger':
        return this.#linger(word === 'linger');
      case 'divert_events':
        if (!this.#channel) return '-ERR not controlling a session.';
        return isTrue(rest[0]) ? '+OK events diverted' : '+OK events not diverted';
      case 'getvar':
        return this.#channel?.variables.get(rest[0] ?? '') ?? '';
      case 'resume':
        return this.#channel ? '+OK' : '-ERR command not found';
      case 'sendevent':
        return this.#sendEvent(rest[0], command);
      case 'log':
        return `+OK log level ${rest[0] ?? 'debug'} [7]`;
      case 'nolog':
        return '-ERR not loging';
      default:
        return '-ERR command not found';
    }
  }

  #myEvents(rest: string[]): string {
    const words = rest.filter((each) => !/^(plain|json|xml)$/i.test(each));
    const uuid = words[0] ?? this.#channel?.uuid;
    if (uuid === undefined) return '-ERR command not found';
    if (!this.#subscription.addMyEvents(uuid)) return '-ERR aready enabled.';
    if (rest.some((each) => /^json$/i.test(each))) this.#subscription.format = 'json';
    return '+OK Events Enabled';
  }

  #filter(rest: string[]): string {
    const words = rest[0]?.toLowerCase() === 'add' ? rest.slice(1) : rest;
    if (words[0]?.toLowerCase() === 'delete' && words[1]) {
      const value = words.length > 2 ? words.slice(2).join(' ') : undefined;
      this.#subscription.removeFilter(words[1], value);
      return `+OK filter deleted. [${words[1]}][${value ?? ''}]`;
    }
    if (!words[0] || words.length < 2) return '-ERR invalid syntax';
    const value = words.slice(1).join(' ');
    this.#subscription.addFilter(words[0], value);
    return `+OK filter added. [${words[0]}]=[${value}]`;
  }

  #linger(on: boolean): string {
    if (!this.#channel) return '-ERR not controlling a session';
    this.lingering = on;
    return on ? '+OK will linger' : '+OK will not linger';
  }

  #sendEvent(name: string | undefined, command: Command): string {
    const uuid = this.#world.core.newId();
    const subclass = command.headers.get('event-subclass');
    const event = this.#world.core.event(name?.toUpperCase() ?? 'GENERAL', subclass);
    for (const [key, value] of command.headers) {
      if (key !== 'event-subclass') event.add(key, value);
    }
    event.add('Event-UUID', uuid);
    if (command.body !== '') event.body = command.body;
    this.#world.core.soon(() => this.#world.core.bus.publish(event));
    return `+OK ${uuid}`;
  }
}
