import { fileURLToPath } from 'node:url';
import { endWithUs } from '../../demo/caretaker.ts';
import { HOUSE_FLAGS } from '../../demo/system.ts';
import { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import type { Evidence } from './evidence.ts';
import { freePort, freeRange } from './ports.ts';
import { type Exit, Program } from './program.ts';
import type { SipAddress } from './sipp.ts';
import { keepSentences, lendSentences } from './spoken-before.ts';

type Environment = Readonly<Record<string, string>>;

export interface CentralitaOptions {
  readonly evidence: Evidence;
  /** A folder of an earlier start, to go on with its data. */
  readonly dataDir?: string;
  readonly env?: Environment | ((httpPort: number) => Environment);
  /** In place of the program as it is started: one that may be hurt. */
  readonly main?: string;
}

/** One line of the system's log. */
export type LogLine = Readonly<Record<string, unknown>> & {
  readonly level?: number;
  readonly msg?: string;
};

const HOST = '127.0.0.1';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const API_KEY = 'a-key-for-tests-only-0123456789';
/** The first start makes a database and renders prompts. */
const READY_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 30_000;
const RTP_PORTS = 400;
/** Compiled it starts three times as fast; `npm test` compiles first, whoever runs a single file has the sources. */
/** `http_cache://http://` or `http://`: media servers that do not share the folder, in every test. */
const { PROMPTS_SCHEME } = process.env;
const PROGRAM = process.env.TEST_BUILT ? ['dist/main.js'] : ['--import', 'tsx', 'src/main.ts'];
let starts = 0;

/**
 * The whole system as its own process. Which switch it has is the environment's choice (SWITCH and what
 * belongs to it); nobody who uses this can tell.
 */
export class Centralita {
  readonly sip: SipAddress;
  readonly api: ApiClient;
  readonly dataDir: string;
  readonly logs: LogLine[] = [];
  /** How long the start took until /readyz said yes, in milliseconds. */
  readyAfterMs = 0;
  readonly #program: Program;

  static async start(options: CentralitaOptions): Promise<Centralita> {
    const httpPort = await freePort();
    const rtpMin = await freeRange(RTP_PORTS);
    const sip = sipAddress(await freePort());
    const dataDir = options.dataDir ?? options.evidence.folder('data');
    await lendSentences(dataDir);
    const system = new Centralita({ ...options, dataDir }, sip, httpPort, rtpMin);
    await system.#ready();
    return system;
  }

  private constructor(
    options: CentralitaOptions & { readonly dataDir: string },
    sip: SipAddress,
    httpPort: number,
    rtpMin: number,
  ) {
    starts += 1;
    this.sip = sip;
    this.dataDir = options.dataDir;
    this.api = new ApiClient(`http://${HOST}:${httpPort}`, API_KEY);
    this.#program = new Program({
      command: process.execPath,
      args: [...HOUSE_FLAGS, ...(options.main ? ['--import', 'tsx', options.main] : PROGRAM)],
      cwd: ROOT,
      logPath: options.evidence.file(`centralita-${starts}.log`),
      onLine: (line) => this.#log(line),
      env: {
        ...process.env,
        LOG_LEVEL: 'debug',
        DATA_DIR: this.dataDir,
        HTTP_HOST: HOST,
        HTTP_PORT: String(httpPort),
        SIP_HOST: sip.host,
        SIP_PORT: String(sip.port),
        // SIPp takes an OPTIONS for a call of its scenario; tests that are about it say otherwise.
        SIP_QUALIFY_SECONDS: '0',
        RTP_PORT_MIN: String(rtpMin),
        RTP_PORT_MAX: String(rtpMin + RTP_PORTS - 1),
        ADMIN_API_KEY: API_KEY,
        ...(PROMPTS_SCHEME ? { PROMPTS_URL: `${PROMPTS_SCHEME}${HOST}:${httpPort}` } : {}),
        ...(typeof options.env === 'function' ? options.env(httpPort) : options.env),
      },
    });
    const caretaker = endWithUs(this.dataDir, this.pid);
    // One that was killed has left its database behind.
    void this.exited.then(({ code }) => code === 0 && caretaker.cancel()).catch(() => undefined);
  }

  get pid(): number {
    return this.#program.pid;
  }

  get running(): boolean {
    return this.#program.running;
  }

  /** Ends it as an operator would. */
  async stop(): Promise<Exit> {
    const exit = await this.#program.stop(STOP_LIMIT_MS, 'SIGINT');
    await keepSentences(this.dataDir);
    return exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  /** Takes no more calls, and ends when the last one is over. */
  drain(): void {
    this.#program.signal('SIGTERM');
  }

  /** Of a house that may be hurt: the thread that has the port ends. */
  killFront(): void {
    this.#program.signal('SIGUSR2');
  }

  get exited(): Promise<Exit> {
    return this.#program.exited;
  }

  /** The power fails. */
  async kill(): Promise<void> {
    this.#program.signal('SIGKILL');
    await this.#program.exited;
  }

  /** Lines that say something is wrong with the system itself. */
  errors(): readonly LogLine[] {
    return this.logs.filter(({ level }) => (level ?? 0) >= 50);
  }

  async isReady(): Promise<boolean> {
    return (await this.api.status('GET', '/readyz').catch(() => 0)) === 200;
  }

  async #ready(): Promise<void> {
    const started = performance.now();
    try {
      await eventually(
        'the system to be ready',
        async () => {
          if (!this.running) throw new Error('The system ended instead of starting.');
          return this.isReady();
        },
        READY_LIMIT_MS,
      );
    } catch (error) {
      await this.kill();
      throw error;
    }
    this.readyAfterMs = performance.now() - started;
  }

  #log(line: string): void {
    if (!line.startsWith('{')) return;
    try {
      this.logs.push(JSON.parse(line) as LogLine);
    } catch {
      // A line that was cut by the end of the process.
    }
  }
}

/** With an external switch, SIP goes to where that one listens. */
function sipAddress(free: number): SipAddress {
  const { SWITCH, SIP_HOST, SIP_PORT } = process.env;
  if (SWITCH !== 'external') return { host: HOST, port: free };
  return { host: SIP_HOST ?? HOST, port: Number(SIP_PORT ?? 5060) };
}
