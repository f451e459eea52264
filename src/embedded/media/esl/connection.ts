import type { Socket } from 'node:net';
import { runApi } from '../api/api.ts';
import type { Channel } from '../channel/channel.ts';
import type { World } from '../world.ts';
import { channelData } from './channel-data.ts';
import { type Command, CommandParser } from './command-parser.ts';
import { ControlCommands } from './control.ts';
import type { SwitchEvent } from './event.ts';
import type { EventListener } from './event-bus.ts';
import { sendMessage } from './send-message.ts';
import { Subscription } from './subscription.ts';

/** A client that does not read is cut off when so much waits for it; FreeSWITCH does so after lost events. */
const WAITING_OCTETS_MAX = 32 * 1024 * 1024;
/** A stranger has so long to say the secret. */
const AUTH_MS_MAX = 10_000;

const GOODBYE = 'Disconnected, goodbye.\nSee you at ClueCon! http://www.cluecon.com/\n';

export interface ConnectionOptions {
  readonly world: World;
  readonly socket: Socket;
  /** The channel that connected to the application, for an outbound socket. */
  readonly channel?: Channel;
  readonly onClose: () => void;
  /** Outbound: the application said `connect`. */
  readonly onConnect?: () => void;
}

/**
 * One event socket connection.
 *
 *   inbound:  stranger ──auth──> client ──exit, error, too slow──> closed
 *   outbound: waiting ──connect──> client ──exit, hangup (after lingering)──> closed
 */
export class EslConnection implements EventListener {
  readonly #world: World;
  readonly #socket: Socket;
  readonly #channel: Channel | undefined;
  readonly #parser = new CommandParser();
  readonly #subscription = new Subscription();
  readonly #control: ControlCommands;
  readonly #options: ConnectionOptions;
  readonly #authTimer: { cancel(): void } | undefined;
  #state: 'stranger' | 'client' | 'closed';

  constructor(options: ConnectionOptions) {
    const { world, socket, channel } = options;
    this.#options = options;
    this.#world = world;
    this.#socket = socket;
    this.#channel = channel;
    this.#state = channel ? 'client' : 'stranger';
    this.#control = new ControlCommands(world, this.#subscription, channel);
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', () => this.#close());
    socket.on('close', () => this.#close());
    if (channel) return;
    this.#write('Content-Type: auth/request\n\n');
    this.#authTimer = world.core.clock.after(AUTH_MS_MAX, () => {
      if (this.#state === 'stranger') this.disconnect();
    });
  }

  wantsName(name: string, subclass: string | undefined): boolean {
    return this.#state === 'client' && this.#subscription.wantsName(name, subclass);
  }

  deliver(event: SwitchEvent): void {
    if (this.#state !== 'client' || !this.#subscription.wants(event)) return;
    const { format } = this.#subscription;
    const body = format === 'json' ? event.json() : event.plain();
    const type = format === 'json' ? 'text/event-json' : 'text/event-plain';
    const length = Buffer.byteLength(body);
    this.#write(`Content-Length: ${length}\nContent-Type: ${type}\n\n${body}`);
    if (this.#socket.writableLength > WAITING_OCTETS_MAX) {
      this.#world.core.logger.warn({}, 'An event socket client does not read its events.');
      this.#socket.destroy();
    }
  }

  /** The channel of an outbound connection has ended. */
  channelEnded(): void {
    if (this.#state === 'closed') return;
    const uuid = this.#channel?.uuid ?? '';
    if (this.#control.lingering) {
      this.#notice('Disconnected, but lingering.\n', uuid, 'linger');
      return;
    }
    this.#notice(GOODBYE, uuid, 'disconnect');
    this.#end();
  }

  disconnect(): void {
    if (this.#state === 'closed') return;
    this.#write(
      `Content-Type: text/disconnect-notice\nContent-Length: ${GOODBYE.length}\n\n${GOODBYE}`,
    );
    this.#end();
  }

  #notice(text: string, uuid: string, disposition: string): void {
    this.#write(
      `Content-Type: text/disconnect-notice\nControlled-Session-UUID: ${uuid}\n` +
        `Content-Disposition: ${disposition}\nContent-Length: ${text.length}\n\n${text}`,
    );
  }

  #receive(chunk: Buffer): void {
    if (this.#state === 'closed') return;
    const commands = this.#parser.push(chunk);
    if (!commands) {
      this.disconnect();
      return;
    }
    // One flush for all that a burst of commands answers.
    this.#socket.cork();
    for (const command of commands) {
      if (!this.#alive()) break;
      this.#run(command);
    }
    queueMicrotask(() => this.#socket.uncork());
  }

  #alive(): boolean {
    return this.#state !== 'closed';
  }

  #run(command: Command): void {
    const { line } = command;
    if (/^(exit|\.\.\.)/i.test(line)) {
      this.#reply('+OK bye');
      this.disconnect();
    } else if (this.#state === 'stranger') this.#authenticate(line);
    else this.#dispatch(command);
  }

  /** FreeSWITCH lets a stranger try once. */
  #authenticate(line: string): void {
    if (line === `auth ${this.#world.core.config.secret}`) {
      this.#state = 'client';
      this.#authTimer?.cancel();
      this.#world.core.bus.add(this);
      this.#reply('+OK accepted');
      return;
    }
    this.#reply(/^auth /i.test(line) ? '-ERR invalid' : '-ERR command not found');
    this.disconnect();
  }

  #dispatch(command: Command): void {
    const { line } = command;
    const [word = '', ...rest] = line.split(' ').filter((each) => each !== '');
    const argument = line.slice(line.indexOf(' ') + 1);
    switch (word.toLowerCase()) {
      case 'api':
        if (rest.length === 0) this.#reply('-ERR command not found');
        else this.#answerApi(runApi(this.#world, argument));
        break;
      case 'bgapi':
        this.#runInBackground(argument, command);
        break;
      case 'sendmsg':
        this.#reply(sendMessage(this.#world, command, rest[0] ?? this.#channel?.uuid));
        break;
      case 'connect':
        this.#connect();
        break;
      default:
        this.#reply(this.#control.run(word.toLowerCase(), rest, command));
    }
  }

  #answerApi(text: string): void {
    this.#write(
      `Content-Type: api/response\nContent-Length: ${Buffer.byteLength(text)}\n\n${text}`,
    );
  }

  #runInBackground(text: string, command: Command): void {
    const { core } = this.#world;
    const job = command.headers.get('job-uuid') ?? core.newId();
    this.#write(
      `Content-Type: command/reply\nReply-Text: +OK Job-UUID: ${job}\nJob-UUID: ${job}\n\n`,
    );
    core.soon(() => {
      const reply = runApi(this.#world, text);
      if (!core.bus.wanted('BACKGROUND_JOB')) return;
      const [name = '', ...words] = text.split(' ');
      const event = core.event('BACKGROUND_JOB').add('Job-UUID', job);
      if (this.#channel) event.add('Job-Owner-UUID', this.#channel.uuid);
      event.add('Job-Command', name);
      if (words.length > 0) event.add('Job-Command-Arg', words.join(' '));
      event.body = reply;
      core.bus.publish(event);
    });
  }

  /** The first word of an application that a channel connected to; the answer is the channel itself. */
  #connect(): void {
    const channel = this.#channel;
    if (!channel) {
      this.#reply('-ERR command not found');
      return;
    }
    this.#world.core.bus.add(this);
    this.#write(channelData(this.#world, channel));
    this.#options.onConnect?.();
  }

  #reply(text: string): void {
    this.#write(`Content-Type: command/reply\nReply-Text: ${text}\n\n`);
  }

  #write(text: string): void {
    if (!this.#socket.destroyed && this.#socket.writable) this.#socket.write(text);
  }

  #end(): void {
    this.#socket.end();
    this.#close();
  }

  #close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#authTimer?.cancel();
    this.#world.core.bus.remove(this);
    this.#options.onClose();
  }
}
