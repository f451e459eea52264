import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { within } from './eventually.ts';
import type { Evidence } from './evidence.ts';
import { freePort, freeRange } from './ports.ts';
import { type Exit, Program } from './program.ts';
import { Transcript } from './transcript.ts';

export type SipTransport = 'udp' | 'tcp';

export interface SipAddress {
  readonly host: string;
  readonly port: number;
}

export interface SippOptions {
  /** A file of test/support/scenarios, without `.xml`. */
  readonly scenario: string;
  /** What stands for `{{name}}` in the scenario. */
  readonly variables?: Readonly<Record<string, string | number>>;
  readonly remote: SipAddress;
  readonly transport?: SipTransport;
  readonly localPort?: number;
  /** Ends after so many calls. */
  readonly calls?: number;
  readonly mediaPort?: number;
  readonly args?: readonly string[];
  readonly evidence: Evidence;
  /** A scenario that is not over by then has failed. */
  readonly limitSeconds?: number;
}

const HOST = '127.0.0.1';
const SCENARIOS = new URL('./scenarios/', import.meta.url);
/** SIPp's exit codes, from its manual. */
const EXITS: Readonly<Record<number, string>> = {
  1: 'at least one call failed',
  97: 'exit on internal command',
  99: 'normal exit without calls processed',
  253: 'RTP validation failure',
  254: 'connection error',
  255: 'fatal error',
};
let count = 0;

/** One SIPp process with one scenario. */
export class Sipp {
  readonly transcript: Transcript;
  readonly callId: string;
  readonly localPort: number;
  readonly transport: SipTransport;
  readonly #program: Program;
  readonly #errorPath: string;

  static async start(options: SippOptions): Promise<Sipp> {
    return new Sipp(
      options,
      options.localPort ?? (await freePort()),
      // It takes this one and the next even one for video.
      options.mediaPort ?? (await freeRange(4)),
    );
  }

  private constructor(options: SippOptions, localPort: number, mediaPort: number) {
    count += 1;
    const { evidence } = options;
    const name = `${options.scenario}-${count}`;
    const scenarioPath = evidence.file(`${name}.xml`);
    writeFileSync(scenarioPath, render(options, mediaPort));
    this.localPort = localPort;
    this.transport = options.transport ?? 'udp';
    this.callId = `${process.pid}-${count}-1@test`;
    this.#errorPath = evidence.file(`${name}.errors`);
    const messagePath = evidence.file(`${name}.messages`);
    this.transcript = new Transcript(messagePath);
    this.#program = new Program({
      command: 'sipp',
      args: [
        `${options.remote.host}:${options.remote.port}`,
        ...['-sf', scenarioPath, '-m', String(options.calls ?? 1), '-nostdin'],
        ...['-i', HOST, '-p', String(localPort), '-mi', HOST, '-mp', String(mediaPort)],
        ...['-t', this.transport === 'tcp' ? 't1' : 'u1', '-aa'],
        ...['-cid_str', `${process.pid}-${count}-%u@test`],
        ...['-timeout', String(options.limitSeconds ?? 60), '-timeout_error'],
        ...['-trace_msg', '-message_file', messagePath],
        ...['-trace_err', '-error_file', this.#errorPath],
        ...(options.args ?? []),
      ],
      cwd: evidence.path,
      logPath: evidence.file(`${name}.log`),
    });
  }

  get exited(): Promise<Exit> {
    return this.#program.exited;
  }

  get running(): boolean {
    return this.#program.running;
  }

  /** The end of the scenario; an error unless all went as the scenario says. */
  async done(limitMs = 20_000): Promise<void> {
    const { code, signal } = await within('the end of a SIPp scenario', this.exited, limitMs);
    if (code === 0) return;
    const why = EXITS[code ?? -1] ?? `code ${code}, signal ${signal}`;
    throw new Error(`SIPp: ${why}\n${readIfThere(this.#errorPath)}`);
  }

  /**
   * Steers the scenario: a request of a made-up method that SIPp takes for the call's by its Call-ID.
   * The header lines are given whole.
   */
  async steer(method: string, headers: readonly string[], callId = this.callId): Promise<void> {
    const request = Buffer.from(
      [
        `${method} sip:scenario@${HOST} SIP/2.0`,
        ...headers,
        `Call-ID: ${callId}`,
        'Content-Length: 0',
        '\r\n',
      ].join('\r\n'),
    );
    if (this.transport === 'tcp') await sendTcp(request, this.localPort);
    else await sendUdp(request, this.localPort);
  }

  /** Ends the process, whatever the scenario is at. */
  async stop(): Promise<void> {
    if (this.#program.running) await this.#program.stop(5_000, 'SIGKILL');
    this.transcript.close();
  }
}

function render(options: SippOptions, mediaPort: number): string {
  const values: Record<string, string | number> = {
    transport: options.transport ?? 'udp',
    rtpPort: mediaPort,
    ...options.variables,
  };
  const template = readFileSync(new URL(`${options.scenario}.xml`, SCENARIOS), 'utf8');
  return template.replace(/\{\{(\w+)\}\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`${options.scenario}.xml: no value for ${place}`);
    return String(value);
  });
}

async function sendUdp(datagram: Buffer, port: number): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) =>
    socket.send(datagram, port, HOST, (error) => (error ? reject(error) : resolve())),
  );
  socket.close();
}

async function sendTcp(request: Buffer, port: number): Promise<void> {
  const socket = connect(port, HOST);
  await once(socket, 'connect');
  socket.end(request);
  await once(socket, 'close');
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8').slice(0, 4000);
  } catch {
    return '';
  }
}
