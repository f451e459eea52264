import { WebSocket } from 'ws';
import { mixInto } from '../audio/mixer.ts';
import { RateChanger } from '../audio/resampler.ts';
import type { Channel, Tap } from '../channel/channel.ts';

export interface ForkOptions {
  readonly name: string;
  readonly url: string;
  /** `mono`: what the far end says; `mixed`: both sides in one; `stereo`: the far end left, the other side right. */
  readonly mix: 'mono' | 'mixed' | 'stereo';
  readonly sampleRate: 8_000 | 16_000;
  /** Sent as a text frame before the audio. */
  readonly metadata: string;
}

const PROTOCOL = 'audio.drachtio.org';
const CONNECT_MS_MAX = 2_000;
/** What waits for the connection, or for the network: two seconds, as mod_audio_fork has it. */
const BUFFER_MS_MAX = 2_000;
/** From the other end come small orders only. */
const MESSAGE_BYTES_MAX = 65_536;
const SAMPLES_MAX = 640;

/**
 * Sends what passes through a channel to a websocket, as drachtio's mod_audio_fork does (drachtio-freeswitch-modules,
 * modules/mod_audio_fork): metadata as text, then 16 bit samples every 20 ms.
 *
 *   connecting ──open──▶ sending ──stop──▶ over
 *       └──refused──▶ deaf ◀──closed by the other end──┘
 *
 * A fork that is deaf stays on its channel until it is stopped, and does nothing.
 */
export class AudioFork implements Tap {
  readonly name: string;
  readonly #channel: Channel;
  readonly #options: ForkOptions;
  readonly #socket: WebSocket;
  readonly #heard = new RateChanger();
  readonly #said = new RateChanger();
  readonly #frame = new Int16Array(SAMPLES_MAX);
  #waiting: Buffer[] = [];
  #state: 'connecting' | 'sending' | 'deaf' | 'over' = 'connecting';
  #overrunTold = false;
  paused = false;

  constructor(channel: Channel, options: ForkOptions) {
    this.name = options.name;
    this.#channel = channel;
    this.#options = options;
    this.#socket = new WebSocket(options.url, PROTOCOL, {
      handshakeTimeout: CONNECT_MS_MAX,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
    });
    this.#socket.on('open', () => this.#opened());
    this.#socket.on('message', (data, isBinary) => {
      if (!isBinary) this.#told(String(data));
    });
    this.#socket.on('error', (error) => this.#refused(String(error)));
    this.#socket.on('close', () => this.#dropped());
  }

  start(): void {
    this.#channel.taps.add(this);
    this.#channel.fire('MEDIA_BUG_START', undefined, (event) => {
      event.add('Media-Bug-Function', this.name).add('Media-Bug-Target', '_undef_');
    });
  }

  /** Silence is sent as silence: whoever listens counts on the clock. */
  frame(heard: Int16Array | undefined, said: Int16Array | undefined, sampleRate: number): void {
    if (this.paused || this.#state === 'deaf' || this.#state === 'over') return;
    const { mix, sampleRate: rate } = this.#options;
    const samples = rate / 50;
    const left = heard && this.#heard.change(heard, sampleRate, rate);
    const right = said && mix !== 'mono' ? this.#said.change(said, sampleRate, rate) : undefined;
    const total = mix === 'stereo' ? 2 * samples : samples;
    this.#frame.fill(0, 0, total);
    if (mix === 'stereo') interleave(this.#frame, left, right, samples);
    else {
      if (left) this.#frame.set(left.subarray(0, samples));
      if (right) mixInto(this.#frame, right, samples);
    }
    this.#send(Buffer.from(this.#frame.slice(0, total).buffer));
  }

  /** The channel has ended. */
  end(): void {
    this.stop();
  }

  sendText(text: string): void {
    if (this.#state === 'sending') this.#socket.send(text, () => {});
  }

  /** Idempotent. */
  stop(text?: string): void {
    if (this.#state === 'over') return;
    if (text) this.sendText(text);
    const connecting = this.#state === 'connecting';
    this.#state = 'over';
    this.#waiting = [];
    this.#channel.taps.delete(this);
    if (connecting) this.#socket.terminate();
    else this.#socket.close(1000);
    this.#channel.fire('MEDIA_BUG_STOP', undefined, (event) => {
      event.add('Media-Bug-Function', this.name).add('Media-Bug-Target', '_undef_');
    });
  }

  #opened(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'sending';
    this.#fire('connect');
    const { metadata } = this.#options;
    if (metadata !== '') this.sendText(metadata);
    for (const audio of this.#waiting) this.#socket.send(audio, () => {});
    this.#waiting = [];
  }

  #send(audio: Buffer): void {
    const connecting = this.#state === 'connecting';
    const waits = connecting ? this.#waiting.length * audio.length : this.#socket.bufferedAmount;
    if (waits > (audio.length * BUFFER_MS_MAX) / 20) this.#overrun();
    else if (connecting) this.#waiting.push(audio);
    else this.#socket.send(audio, () => {});
  }

  #overrun(): void {
    if (!this.#overrunTold) this.#fire('buffer_overrun');
    this.#overrunTold = true;
  }

  /** An order of the other end is passed on as an event; what becomes of it is the application's affair. */
  #told(text: string): void {
    const message = parsed(text);
    const event = message && EVENTS[String(message.type)];
    if (event) this.#fire(event, event === 'json' ? message : message.data);
  }

  #refused(reason: string): void {
    if (this.#state !== 'connecting') return;
    this.#deafen('connect_failed', { reason });
  }

  #dropped(): void {
    if (this.#state === 'sending') this.#deafen('disconnect');
  }

  #deafen(event: string, data?: unknown): void {
    this.#state = 'deaf';
    this.#waiting = [];
    this.#fire(event, data);
  }

  #fire(event: string, data?: unknown): void {
    const subclass = `mod_audio_fork::${event}`;
    this.#channel.fire(
      'CUSTOM',
      undefined,
      (fired) => {
        if (data !== undefined) fired.body = JSON.stringify(data);
      },
      subclass,
    );
  }
}

/** Types of messages, and the events that they become (playing audio is left to the application's own files). */
const EVENTS: Readonly<Record<string, string>> = {
  transcription: 'transcription',
  transfer: 'transfer',
  disconnect: 'disconnect',
  error: 'error',
  json: 'json',
};

function parsed(text: string): { readonly type?: unknown; readonly data?: unknown } | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? message : undefined;
  } catch {
    return undefined;
  }
}

function interleave(
  into: Int16Array,
  left: Int16Array | undefined,
  right: Int16Array | undefined,
  samples: number,
): void {
  for (let i = 0; i < samples; i++) {
    into[2 * i] = left?.[i] ?? 0;
    into[2 * i + 1] = right?.[i] ?? 0;
  }
}
