import { once } from 'node:events';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { eventually, LIMIT_MS, within } from './eventually.ts';
import type { Evidence } from './evidence.ts';
import { Netstrings, netstring } from './netstring.ts';
import { freePort, freeRange } from './ports.ts';
import { Program } from './program.ts';
import type { SipAddress, SipTransport } from './sipp.ts';
import { listenToWav, ToneLog, toneSamples, writeWav } from './tones.ts';

export interface BaresipOptions {
  readonly remote: SipAddress;
  readonly evidence: Evidence;
  readonly user: string;
  readonly password: string;
  /** By TLS, the switch has to show a certificate of the authority in this PEM file. */
  readonly authority?: string;
  readonly transport?: SipTransport | 'tls';
  /** What the agent says into the phone, in hertz. */
  readonly toneHz: number;
  /** Picks up whoever calls, or (from 1.1 on) only where the INVITE asks for it. */
  readonly autoAnswer?: boolean | 'asked';
  /** Of a phone that was there before and is started anew; absent: any that is free. */
  readonly sipPort?: number;
  /** 0: the phone does not register by itself. */
  readonly registerSeconds?: number;
  /** Speaks G.722, and says what is in a WAV file of 16 kHz instead of the tone. */
  readonly wideband?: { readonly source: string };
}

/** An event as ctrl_tcp tells it. */
export interface BaresipEvent {
  readonly type: string;
  readonly at: number;
  readonly peeruri?: string;
  readonly peerdisplayname?: string;
  readonly id?: string;
  readonly param?: string;
}

interface Reply {
  readonly ok: boolean;
  readonly data: string;
  readonly token?: string;
}

const HOST = '127.0.0.1';
/** BARESIP and BARESIP_MODULES: another than the system's own. */
const { BARESIP = 'baresip', BARESIP_MODULES = '/usr/lib/baresip/modules' } = process.env;
/** The longest conversation of a test; baresip falls silent at the file's end. */
const TONE_SECONDS = 120;
const WAV_HEADER_OCTETS = 44;

/** Whether it obeys what asks a phone to pick up: Debian 12 has 1.0, which knows nothing of it. */
export const obeysAutoAnswer = process.env.BARESIP !== undefined;

/** A phone that nobody here wrote: baresip, steered by its TCP control module, with its audio in files. */
export class Baresip {
  readonly user: string;
  /** Where the phone itself can be called. */
  readonly sipPort: number;
  readonly events: BaresipEvent[] = [];
  readonly #program: Program;
  readonly #recordings: string;
  #socket: Socket | undefined;
  #replies = new Map<string, (reply: Reply) => void>();
  #tokens = 0;

  /**
   * Starts the phone; it registers unless told otherwise, and the promise waits for that. Its account comes to it only when
   * we listen to what it tells: a caller may wait for this phone, and it rings as soon as it has said where it is.
   */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const folder = options.evidence.folder(`baresip-${options.user}-${await freePort()}`);
    const controlPort = await freePort();
    const sipPort = options.sipPort ?? (await freePort());
    await writeConfiguration(folder, options, { controlPort, sipPort });
    const phone = new Baresip(options, folder, sipPort);
    await phone.#control(controlPort);
    await phone.command('uanew', account(options));
    if (options.registerSeconds !== 0) await phone.#registered();
    return phone;
  }

  private constructor(options: BaresipOptions, folder: string, sipPort: number) {
    this.user = options.user;
    this.sipPort = sipPort;
    this.#recordings = join(folder, 'recordings');
    this.#program = new Program({
      command: BARESIP,
      args: ['-4', '-s', '-f', folder],
      cwd: folder,
      logPath: join(folder, 'log'),
    });
  }

  /** Waits for the `nth` event of that type since the start. */
  event(type: string, nth = 1, limitMs = LIMIT_MS): Promise<BaresipEvent> {
    return eventually(
      `${type} at baresip ${this.user}`,
      () => this.events.filter((event) => event.type === type)[nth - 1],
      limitMs,
    );
  }

  count(type: string): number {
    return this.events.filter((event) => event.type === type).length;
  }

  rings(nth = 1, limitMs = LIMIT_MS): Promise<BaresipEvent> {
    return this.event('CALL_INCOMING', nth, limitMs);
  }

  async answer(): Promise<void> {
    await this.command('accept');
  }

  async hangUp(): Promise<void> {
    await this.command('hangup');
  }

  async hold(): Promise<void> {
    await this.command('hold');
  }

  async resume(): Promise<void> {
    await this.command('resume');
  }

  /** Dials a number of the system, as from the phone's own keypad. */
  async dial(number: string): Promise<void> {
    await this.command('dial', number);
  }

  /** Says what is in a WAV file from now on (of 16 kHz on a wideband phone, otherwise of 8 kHz). */
  async speaks(path: string): Promise<void> {
    await this.command('ausrc', `aufile,${path}`);
  }

  /** Presses keys during a call. */
  async press(keys: string): Promise<void> {
    await this.command('sndcode', keys);
  }

  async command(command: string, params = ''): Promise<string> {
    const token = String(++this.#tokens);
    const reply = new Promise<Reply>((resolve) => this.#replies.set(token, resolve));
    this.#socket?.write(netstring(JSON.stringify({ command, params, token })));
    const { ok, data } = await reply;
    if (!ok) throw new Error(`baresip ${this.user}: ${command} ${params}: ${data}`);
    return data;
  }

  /** What the phone has heard in its latest call so far. */
  heard(): ToneLog {
    const latest = readdirSync(this.#recordings)
      .filter((name) => name.endsWith('-dec.wav'))
      .sort()
      .at(-1);
    const path = latest && join(this.#recordings, latest);
    // There is a moment in which the file is there and nothing is in it.
    return path && statSync(path).size >= WAV_HEADER_OCTETS ? listenToWav(path) : new ToneLog([]);
  }

  /** Takes the registration back and ends. */
  async stop(): Promise<void> {
    this.#socket?.destroy();
    if (!this.#program.running) return;
    this.#program.signal('SIGTERM');
    // A second signal ends the wait for the answers of those who have hung up already.
    const insist = setTimeout(() => this.#program.signal('SIGTERM'), 1_500);
    try {
      await within(`the end of baresip ${this.user}`, this.#program.exited, 5_000);
    } finally {
      clearTimeout(insist);
      this.#program.signal('SIGKILL');
    }
  }

  /** Dies without a word, as a phone whose battery is taken out. */
  async die(): Promise<void> {
    this.#socket?.destroy();
    if (this.#program.running) await this.#program.stop(5_000, 'SIGKILL');
  }

  async #registered(): Promise<void> {
    await eventually(`baresip ${this.user} to be registered`, async () =>
      /OK/.test(await this.command('reginfo')),
    );
  }

  async #control(port: number): Promise<void> {
    this.#socket = await eventually(`baresip ${this.user} to start`, () => tryConnect(port));
    this.#socket.setNoDelay(true);
    this.#socket.on('error', () => undefined);
    const frames = new Netstrings((text) => this.#take(JSON.parse(text) as Record<string, never>));
    this.#socket.on('data', (chunk: Buffer) => frames.feed(chunk));
  }

  #take(message: Record<string, never>): void {
    if (message.event) {
      this.events.push({ ...(message as unknown as BaresipEvent), at: Date.now() });
      return;
    }
    const reply = message as unknown as Reply;
    this.#replies.get(reply.token ?? '')?.(reply);
    this.#replies.delete(reply.token ?? '');
  }
}

async function tryConnect(port: number): Promise<Socket | undefined> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    socket.destroy();
    return undefined;
  }
}

async function writeConfiguration(
  folder: string,
  options: BaresipOptions,
  { controlPort, sipPort }: { readonly controlPort: number; readonly sipPort: number },
): Promise<void> {
  const recordings = join(folder, 'recordings');
  const tone = join(folder, 'tone.wav');
  mkdirSync(recordings, { recursive: true });
  const source = options.wideband?.source ?? tone;
  if (!options.wideband) writeWav(tone, toneSamples(options.toneHz, TONE_SECONDS));
  const rtp = await freeRange(20);
  writeFileSync(join(folder, 'accounts'), '');
  writeFileSync(join(folder, 'contacts'), '');
  writeFileSync(
    join(folder, 'config'),
    [
      `sip_listen ${HOST}:${sipPort}`,
      `net_interface ${HOST}`,
      ...(options.authority ? [`sip_cafile ${options.authority}`, 'sip_verify_server yes'] : []),
      // Players that lead nowhere: what is heard is in the recordings, and nothing rings aloud.
      'audio_player aubridge,nil',
      'audio_alert aubridge,nil',
      `audio_source aufile,${source}`,
      'audio_path /nonexistent',
      'audio_buffer 20-160',
      ...['ausrc', 'auplay', 'auenc', 'audec'].map((way) => `${way}_format s16`),
      `rtp_ports ${rtp}-${rtp + 19}`,
      'jitter_buffer_delay 1-5',
      'call_local_timeout 120',
      'call_max_calls 4',
      `module_path ${BARESIP_MODULES}`,
      ...['g711', 'g722', 'sndfile', 'aubridge', 'aufile'].map((name) => `module ${name}.so`),
      ...['uuid', 'account', 'menu', 'ctrl_tcp'].map((name) => `module_app ${name}.so`),
      `ctrl_tcp_listen ${HOST}:${controlPort}`,
      'ringback_disabled yes',
      'menu_bell no',
      'statmode_default off',
      // Relative: the module cuts longer names than 127 characters off.
      'snd_path recordings',
      '',
    ].join('\n'),
  );
}

function account(options: BaresipOptions): string {
  const { user, password, remote, transport } = options;
  const parameters = [
    `auth_pass=${password}`,
    `regint=${options.registerSeconds ?? 60}`,
    `answermode=${options.autoAnswer === true ? 'auto' : 'manual'}`,
    `sip_autoanswer=${options.autoAnswer === 'asked' ? 'yes' : 'no'}`,
    `audio_codecs=${options.wideband ? 'G722/16000/1,' : ''}PCMA/8000/1,PCMU/8000/1`,
  ];
  return `<sip:${user}@${remote.host}:${remote.port};transport=${transport ?? 'udp'}>;${parameters.join(';')}`;
}
