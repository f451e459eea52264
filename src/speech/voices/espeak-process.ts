import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { besides } from '../../lib/thread-part.ts';
import { AnswerReader, type SpeakAnswer, type SpeakRequest } from './espeak-protocol.ts';

const STDERR_CHARACTERS_MAX = 500;

/** The running program. It dies once, and says so once. */
export class EspeakProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #lastWords = '';
  #dead = false;

  constructor(
    onAnswer: (answer: SpeakAnswer, sound: Buffer) => void,
    onDeath: (why: string) => void,
  ) {
    this.#child = start();
    const die = (why: string): void => {
      if (this.#dead) return;
      this.kill();
      onDeath(`${why} ${this.#lastWords}`.trim());
    };
    const reader = new AnswerReader(onAnswer);
    this.#child.stdout.on('data', (piece: Buffer) => {
      try {
        reader.push(piece);
      } catch (error) {
        die(`It said something that cannot be understood: ${String(error)}.`);
      }
    });
    this.#child.stderr.on('data', (piece: Buffer) => {
      this.#lastWords = `${this.#lastWords}${piece}`.slice(-STDERR_CHARACTERS_MAX);
    });
    this.#child.on('error', (error) => die(`It could not be started: ${String(error)}.`));
    this.#child.on('exit', (code, signal) => die(`It ended (${code ?? signal}).`));
    // A write to a program that has just died fails here, and its exit says the rest.
    this.#child.stdin.on('error', () => {});
  }

  send(request: SpeakRequest): void {
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  /** Idempotent; its death is not reported then. */
  kill(): void {
    this.#dead = true;
    this.#child.kill('SIGKILL');
  }
}

/** The program runs from source or from the build, as we do, and sees nothing of our environment. */
function start(): ChildProcessWithoutNullStreams {
  const program = besides('espeak-program', import.meta.url);
  const loader = program.pathname.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
  return spawn(process.execPath, [...loader, fileURLToPath(program)], {
    env: {},
    // In its own process group: Ctrl-C is for us.
    detached: true,
    stdio: 'pipe',
  });
}
