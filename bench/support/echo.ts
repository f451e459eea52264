import { type ChildProcess, fork } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Distribution, distribution } from './percentiles.ts';
import { watchRoles } from './roles.ts';

const ROUND_TRIPS = 8;
const EVERY_MS = 100;
const LOOPBACK = '127.0.0.1';

/**
 * What the machine itself costs while something else is measured: every 100 ms a datagram goes eight times to a
 * process that does nothing but send it back, about as often as a call's messages change hands. Its p99 is the
 * floor under every p99 of the same run.
 */
export class Echo {
  readonly #child: ChildProcess;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;
  readonly #tookMs: number[] = [];

  static async start(): Promise<Echo> {
    const child = fork(fileURLToPath(import.meta.url), [], { execArgv: ['--import', 'tsx'] });
    const [port] = (await once(child, 'message')) as [number];
    const socket = createSocket('udp4').bind(0, LOOPBACK);
    await once(socket, 'listening');
    return new Echo(child, socket, port);
  }

  private constructor(child: ChildProcess, socket: Socket, port: number) {
    this.#child = child;
    this.#socket = socket;
    let startedAt = 0;
    let left = 0;
    const send = () => socket.send('x', port, LOOPBACK);
    socket.on('message', () => {
      left -= 1;
      if (left > 0) send();
      else this.#tookMs.push(performance.now() - startedAt);
    });
    this.#timer = setInterval(() => {
      if (left > 0) return;
      startedAt = performance.now();
      left = ROUND_TRIPS;
      send();
    }, EVERY_MS);
  }

  finish(): Distribution {
    clearInterval(this.#timer);
    this.#socket.close();
    this.#child.kill();
    return distribution(this.#tookMs);
  }
}

/** What the machine itself was like in the seconds in which something was measured on it. */
export interface Surroundings {
  readonly machineEchoMs: Distribution;
  /** By role, in percent of one processor; see {@link watchRoles}. */
  readonly cpuPercent: Readonly<Record<string, number>>;
}

/** Beside each figure what the machine's own scheduling cost in the same seconds. */
export async function besideEcho<Result>(
  work: () => Promise<Result>,
): Promise<Result & Surroundings> {
  const echo = await Echo.start();
  const used = watchRoles();
  const result = await work();
  return { ...result, machineEchoMs: echo.finish(), cpuPercent: used() };
}

function sendBack(): void {
  const socket = createSocket('udp4').bind(0, LOOPBACK, () =>
    process.send?.(socket.address().port),
  );
  socket.on('message', (message, from) => socket.send(message, from.port, from.address));
}

if (process.argv[1] === fileURLToPath(import.meta.url) && process.send) {
  // A bench that is killed takes its echo along.
  process.once('disconnect', () => process.exit());
  sendBack();
}
