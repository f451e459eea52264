import { closeSync, constants, fstatSync, openSync, write, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { isMainThread } from 'node:worker_threads';

const STANDARD_OUTPUT = 1;
/** What waits for whoever reads: some ten thousand lines. Later ones are dropped, and counted. */
const WAITING_LENGTH_MAX = 4 * 1024 * 1024;
/** When what could not be written is tried again. */
const AGAIN_MS = 100;
/** How often that is done at the very end. */
const LAST_ATTEMPTS_MAX = 5;

/**
 * Standard output that cannot hold up or end who writes to it: a terminal that was stopped with Ctrl-S and a pipe that
 * nobody reads would hold up every write, and a full disk or a reader who has gone fail it. A call centre goes on.
 * (pino's own, sonic-boom, tries for ever at the end, and where it is synchronous, all the time.)
 *
 *   idle ──write──▶ writing ──all written──▶ idle        writing ──nobody will ever read──▶ closed
 *                    └─full, held up─▶ later ─▶ writing
 */
class StandardOutput {
  readonly #fd = withoutBlocking(STANDARD_OUTPUT);
  #state: 'idle' | 'writing' | 'later' | 'closed' = 'idle';
  #piece = Buffer.alloc(0);
  #waiting = '';
  #dropped = 0;
  /** Hears how many lines there was no room for, once there is again. */
  caughtUp: (dropped: number) => void = () => {};

  constructor() {
    process.once('exit', () => {
      this.#end();
      if (isMainThread) letGoOfDeadTerminals();
    });
  }

  write(text: string): void {
    if (this.#state === 'closed') return;
    if (this.#waiting.length > WAITING_LENGTH_MAX) this.#dropped += 1;
    else this.#waiting += text;
    if (this.#state === 'idle') this.#next();
  }

  #next(): void {
    this.#piece = Buffer.from(this.#waiting);
    this.#waiting = '';
    if (this.#piece.length > 0) return this.#go();
    this.#state = 'idle';
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.caughtUp(dropped);
  }

  #go(): void {
    this.#state = 'writing';
    write(this.#fd, this.#piece, (error, written) => {
      this.#piece = this.#piece.subarray(written);
      if (error) this.#failed(error);
      else if (this.#piece.length > 0) this.#go();
      else this.#next();
    });
  }

  #failed({ code }: NodeJS.ErrnoException): void {
    const isGone = code === 'EPIPE' || code === 'EIO';
    this.#state = isGone ? 'closed' : 'later';
    if (isGone) this.#waiting = '';
    else setTimeout(() => this.#go(), AGAIN_MS).unref();
  }

  /** What is being written already needs no help; all else is written now, or never. */
  #end(): void {
    if (this.#state === 'closed') return;
    const written = this.#state === 'later' ? this.#piece : Buffer.alloc(0);
    this.#state = 'closed';
    let rest = Buffer.concat([written, Buffer.from(this.#waiting)]);
    for (let attempt = 0; attempt < LAST_ATTEMPTS_MAX && rest.length > 0; ) {
      try {
        rest = rest.subarray(writeSync(this.#fd, rest));
      } catch {
        attempt += 1;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_MS);
      }
    }
  }
}

/**
 * Before 24 Node gives the terminal its settings back at the end, and aborts where that has been closed (nodejs/node
 * 51519). What it finds closed it leaves alone.
 */
function letGoOfDeadTerminals(): void {
  for (const fd of [0, STANDARD_OUTPUT, 2]) {
    try {
      if (fstatSync(fd).isCharacterDevice() && !isatty(fd)) closeSync(fd);
    } catch {
      // It is closed.
    }
  }
}

let ours: StandardOutput | undefined;

/** That of this thread. */
export function standardOutput(): StandardOutput {
  ours ??= new StandardOutput();
  return ours;
}

/**
 * A way to the same place on which a write never waits. A file is always written at once, and its place in it is shared.
 * A socket, as systemd has them, cannot be opened anew: Node makes its own way to it one that does not wait. All else
 * (terminals, pipes) others may be writing to who know nothing of such writes.
 */
function withoutBlocking(fd: number): number {
  const { O_WRONLY, O_NONBLOCK } = constants;
  try {
    const kind = fstatSync(fd);
    if (kind.isSocket()) process.stdout.on('error', () => {});
    if (kind.isSocket() || kind.isFile()) return fd;
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK);
  } catch {
    return fd;
  }
}
