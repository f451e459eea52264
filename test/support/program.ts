import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { within } from './eventually.ts';

export interface ProgramOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What it prints on both outputs goes here. */
  readonly logPath: string;
  readonly onLine?: (line: string) => void;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Children that still live: they die with the test process, each by its own pid. */
const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** A child process with its output in a file. It is ended by its pid only. */
export class Program {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #name: string;

  constructor(options: ProgramOptions) {
    this.#name = options.command;
    this.#child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const child = this.#child;
    living.add(child);
    const log = createWriteStream(options.logPath, { flags: 'a' });
    for (const output of [child.stdout, child.stderr]) {
      output?.pipe(log, { end: false });
      if (options.onLine) output?.on('data', lines(options.onLine));
    }
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        living.delete(child);
        log.end();
        resolve({ code, signal });
      });
    });
    // Whoever waits gets the error; nobody has to.
    this.exited.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child.kill(signal);
  }

  /** Asks it to end, and insists after the limit. */
  async stop(limitMs = 10_000, signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    this.signal(signal);
    try {
      return await within(`the end of ${this.#name}`, this.exited, limitMs);
    } catch (error) {
      this.signal('SIGKILL');
      await this.exited;
      throw error;
    }
  }
}

function lines(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk.toString('utf8')).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) onLine(line);
  };
}

/** Runs a program to its end. */
export async function run(options: ProgramOptions, limitMs: number): Promise<Exit> {
  const program = new Program(options);
  try {
    return await within(`the end of ${options.command}`, program.exited, limitMs);
  } finally {
    program.signal('SIGKILL');
  }
}

/** Whether the command exists on this machine. */
export async function installed(command: string): Promise<boolean> {
  const child = spawn('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}
