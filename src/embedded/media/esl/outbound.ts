import { connect, type Socket } from 'node:net';
import { splitHostPort } from '../../../lib/addresses.ts';
import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import { EslConnection } from './connection.ts';

const CONNECT_MS_MAX = 5000;
/** FreeSWITCH, mod_event_socket: where an application listens that names no port. */
const DEFAULT_PORT = 8084;

/**
 * The dialplan's `socket <host>:<port> async full`: the channel connects to an application and is parked
 * while that steers it. When the application leaves, the dialplan goes on.
 *
 *   connecting ──> waiting ──`connect`──> parked ──(closed, interrupted)──> over
 *
 * A transfer or a bridge ends the activity but not the connection: that lives until one of the two ends.
 */
export class SocketActivity implements Activity {
  readonly #world: World;
  readonly #channel: Channel;
  readonly #address: string;
  #socket: Socket | undefined;
  #connection: EslConnection | undefined;
  #parked = false;
  #over = false;
  #finish: () => void = () => undefined;

  constructor(world: World, channel: Channel, data: string) {
    this.#world = world;
    this.#channel = channel;
    this.#address = data.trim().split(' ')[0] ?? '';
  }

  start(finish: () => void): void {
    this.#finish = finish;
    const to = splitHostPort(this.#address, DEFAULT_PORT);
    if (!to) {
      const { logger } = this.#world.core;
      logger.warn({ address: this.#address }, 'A channel shall connect to what is no address.');
      this.#end();
      return;
    }
    this.#channel.endings.add(() => {
      if (this.#connection) this.#connection.channelEnded();
      else this.#socket?.destroy();
    });
    const socket = connect({ ...to, timeout: CONNECT_MS_MAX });
    this.#socket = socket;
    socket.once('timeout', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => this.#end());
    socket.once('connect', () => {
      socket.setTimeout(0);
      this.#connection = new EslConnection({
        world: this.#world,
        socket,
        channel: this.#channel,
        onClose: () => this.#end(),
        onConnect: () => this.#park(),
      });
    });
  }

  interrupt(why: Interruption): void {
    if (why !== 'break') this.#end();
  }

  #park(): void {
    if (this.#parked || this.#over) return;
    this.#parked = true;
    this.#channel.fire('CHANNEL_PARK');
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    if (this.#parked) this.#channel.fire('CHANNEL_UNPARK');
    this.#finish();
  }
}
