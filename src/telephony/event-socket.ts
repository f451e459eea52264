import esl, { type Connection, type EslEvent } from 'modesl';
import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';

/** Reconnection waits grow from the first to the last of these and stay there. */
const RECONNECT_DELAYS_MS = [100, 200, 500, 1_000, 2_000] as const;
/** FreeSWITCH beats every 20 s; a connection that is silent for longer than this is dead. */
const SILENCE_MS_MAX = 65_000;
/** An api command that has no answer by then is taken as failed: the server or the network is gone. */
const API_ANSWER_MS_MAX = 5_000;

const SUBSCRIPTION = [
  'DTMF',
  'RECORD_STOP',
  'CHANNEL_BRIDGE',
  'CHANNEL_UNBRIDGE',
  'CHANNEL_HOLD',
  'CHANNEL_UNHOLD',
  'HEARTBEAT',
] as const;

export interface EventSocketOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Logger;
  onEvent(name: string, event: EslEvent): void;
  /** A command was answered. */
  onAnswered?(tookMs: number): void;
  onUp(): void;
  onDown(): void;
}

export interface Execution {
  readonly application: string;
  readonly argument: string;
  readonly executionId: string;
  readonly loops?: number;
}

/**
 * One inbound event-socket connection to a media server, over which every channel is steered by its uuid.
 * It carries twice the calls of one outbound socket per channel and ties no channel's life to itself (ADR 3).
 *
 *   connecting ──ready──▶ up ──end, error, silence──▶ waiting ──delay──▶ connecting
 *        └────────────────────── close() from any state ──▶ closed
 */
export class EventSocket {
  readonly #options: EventSocketOptions;
  #connection: Connection | undefined;
  #up = false;
  #closed = false;
  #attempts = 0;
  #retry: Timer | undefined;
  #watchdog: Timer | undefined;
  #pending = new Set<(answer: string) => void>();

  constructor(options: EventSocketOptions) {
    this.#options = options;
  }

  get up(): boolean {
    return this.#up;
  }

  connect(): void {
    if (this.#closed) return;
    const { host, port, secret } = this.#options;
    const connection = new esl.Connection(host, port, secret, () => this.#ready(connection));
    this.#connection = connection;
    // modesl leaves Nagle's algorithm on, which costs about 40 ms a command (switch-facts.md).
    connection.socket?.setNoDelay(true);
    // A socket that fails is closed, and told of below; an event that nobody can read is one event less.
    connection.on('error', (error: Error) =>
      this.#options.log.debug({ host, port, error: String(error) }, 'Event socket trouble'),
    );
    connection.on('esl::end', () => this.#lost(connection));
    connection.socket?.once('close', () => this.#lost(connection));
    connection.on('esl::event::auth::fail', () => {
      this.#options.log.error({ host, port }, 'The media server refused the event socket secret');
      this.#lost(connection);
    });
    connection.on('esl::event::*::*', (event) => this.#event(event));
    // A server that takes the connection and says nothing is no better than none.
    this.#heard();
  }

  /**
   * Runs a dialplan application on a channel; its end comes as CHANNEL_EXECUTE_COMPLETE with `executionId`.
   * `loops`: how often, -1 for ever. False: there is no connection, and no end will be told.
   */
  execute(uuid: string, execution: Execution): boolean {
    const { application, argument, executionId, loops = 1 } = execution;
    if (application === 'playback') this.#options.log.debug({ channel: uuid, argument }, 'Playing');
    const lines = [
      `sendmsg ${uuid}`,
      'call-command: execute',
      `execute-app-name: ${application}`,
      `execute-app-arg: ${argument}`,
      `loops: ${loops}`,
      `Event-UUID: ${executionId}`,
    ];
    return this.#write((connection) => connection.sendRecv(lines.join('\n'), () => {}));
  }

  /** The answer's text, `+OK …` or `-ERR …`; never rejects. */
  api(command: string): Promise<string> {
    return new Promise((resolve) => {
      const began = performance.now();
      const timer = this.#options.clock.after(API_ANSWER_MS_MAX, () => settle('-ERR no answer'));
      const settle = (answer: string): void => {
        timer.cancel();
        this.#pending.delete(settle);
        resolve(answer);
      };
      this.#pending.add(settle);
      const written = this.#write((connection) =>
        connection.api(command, (response) => {
          this.#options.onAnswered?.(performance.now() - began);
          settle(response.getBody() ?? '');
        }),
      );
      if (!written) settle('-ERR not connected');
    });
  }

  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    const connection = this.#connection;
    if (connection) this.#drop(connection);
  }

  #write(action: (connection: Connection) => void): boolean {
    const socket = this.#connection?.socket;
    if (!this.#up || !this.#connection || !socket) return false;
    // modesl writes a command in pieces; corked they leave as one segment.
    socket.cork();
    action(this.#connection);
    socket.uncork();
    return true;
  }

  #ready(connection: Connection): void {
    if (this.#closed || connection !== this.#connection) return;
    connection.subscribe(SUBSCRIPTION, () => {
      if (connection !== this.#connection) return;
      this.#up = true;
      this.#attempts = 0;
      this.#heard();
      this.#options.onUp();
    });
  }

  #event(event: EslEvent): void {
    this.#heard();
    const name = event.getHeader('Event-Name');
    if (name) this.#options.onEvent(name, event);
  }

  #heard(): void {
    const connection = this.#connection;
    this.#watchdog?.cancel();
    this.#watchdog = this.#options.clock.after(SILENCE_MS_MAX, () => {
      if (connection) this.#lost(connection);
    });
  }

  #lost(connection: Connection): void {
    if (connection !== this.#connection) return;
    const wasUp = this.#up;
    this.#drop(connection);
    if (wasUp) this.#options.onDown();
    if (this.#closed) return;
    const step = Math.min(this.#attempts++, RECONNECT_DELAYS_MS.length - 1);
    this.#retry = this.#options.clock.after(RECONNECT_DELAYS_MS[step] ?? 2_000, () =>
      this.connect(),
    );
  }

  #drop(connection: Connection): void {
    this.#connection = undefined;
    this.#up = false;
    this.#watchdog?.cancel();
    connection.removeAllListeners();
    connection.on('error', () => {});
    connection.socket?.destroy();
    for (const settle of [...this.#pending]) settle('-ERR connection lost');
  }
}
