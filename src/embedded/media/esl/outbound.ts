import { connect, type Socket } from 'node:net';
import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import { EslConnection } from './connection.ts';

const CONNECT_MS_MAX = 5000;

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
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;
  #connection: EslConnection | undefined;
  #parked = false;
  #over = false;
  #finish: () => void = () => undefined;

  constructor(world: World, channel: Channel, data: string) {
    this.#world = world;
    this.#channel = channel;
    const [address = ''] = data.trim().split(' ');
    const colon = address.lastIndexOf(':');
    this.#host = address.slice(0, colon).replace(/^\[|\]$/g, '');
    this.#port = Number(address.slice(colon + 1));
  }

  start(finish: () => void): void {
    this.#finish = finish;
    this.#channel.endings.add(() => {
      if (this.#connection) this.#connection.channelEnded();
      else this.#socket?.destroy();
    });
    const socket = connect({ host: this.#host, port: this.#port, timeout: CONNECT_MS_MAX });
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
