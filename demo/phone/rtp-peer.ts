import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AudioCodec } from '../../src/embedded/media/audio/codec.ts';
import { pcma, pcmu } from '../../src/embedded/media/audio/g711.ts';
import { KeyLog, type KeyStep, keySteps } from './keys.ts';
import { pacer } from './pacer.ts';
import { type RtpPacket, readRtp, writeRtp } from './rtp-packet.ts';
import { RtpStatistics } from './rtp-statistics.ts';
import { ToneLog } from './tone-log.ts';

const FRAME_SAMPLES = 160;
const SAMPLE_RATE = 8000;
/** -10 dBFS: loud enough to be found, quiet enough to be mixed. */
const TONE_AMPLITUDE = 14_600;

export interface RtpPeerOptions {
  readonly host?: string;
  /** The tones to listen for, in hertz. */
  readonly listenFor?: readonly number[];
}

/** Where and how to send. */
export interface RtpTarget {
  readonly host: string;
  readonly port: number;
  readonly codec?: 'PCMA' | 'PCMU';
  /** The payload type of telephone-event, when the other side takes it. */
  readonly eventType?: number;
}

/** A far end of a call's audio: sends a tone or silence with keys in between, and listens for tones. */
export class RtpPeer {
  readonly host: string;
  readonly port: number;
  readonly statistics = new RtpStatistics();
  readonly heard: ToneLog;
  readonly keysHeard = new KeyLog();
  /** Told of every frame of sound, as it comes; `timestamp` is RTP's, in samples of 8 kHz. */
  onFrame: (samples: Int16Array, at: number, timestamp: number) => void = () => undefined;
  readonly #socket: Socket;
  readonly #ssrc = randomInt(2 ** 32);
  #target: RtpTarget | undefined;
  #toneHz: number | undefined;
  #sent = randomInt(2 ** 16);
  #timestamp = randomInt(2 ** 32);
  #eventTimestamp = 0;
  #keySteps: KeyStep[] = [];
  /** What is said next, before the tone goes on. */
  #speech = new Int16Array(0);
  /** When the first packet of each key was sent. */
  readonly keysSentAt: number[] = [];
  #closed = false;

  /** Opens a socket on any free even port, as RTP wants (RFC 3550 section 11). */
  static async open(options: RtpPeerOptions = {}): Promise<RtpPeer> {
    const host = options.host ?? '127.0.0.1';
    for (let attempt = 0; attempt < 50; attempt++) {
      const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 });
      socket.bind(0, host);
      await once(socket, 'listening');
      if (socket.address().port % 2 === 0)
        return new RtpPeer(socket, host, options.listenFor ?? []);
      socket.close();
    }
    throw new Error('No free even port for RTP.');
  }

  private constructor(socket: Socket, host: string, listenFor: readonly number[]) {
    this.#socket = socket;
    this.host = host;
    this.port = socket.address().port;
    this.heard = new ToneLog(listenFor, SAMPLE_RATE);
    socket.on('message', (datagram) => this.#receive(datagram));
    // A refused datagram (ICMP) is the other side's hanging up, which SIP will tell.
    socket.on('error', () => undefined);
  }

  /** Starts sending to the target: the tone that was chosen, or silence. */
  connect(target: RtpTarget): void {
    if (this.#closed) return;
    this.#target = target;
    pacer.add(this);
  }

  /** Chooses what is sent from now on: a tone in hertz, or silence. */
  play(toneHz: number | undefined): void {
    this.#toneHz = toneHz;
  }

  /** Says these samples (8 kHz), after what is still to be said. */
  say(samples: Int16Array): void {
    const joined = new Int16Array(this.#speech.length + samples.length);
    joined.set(this.#speech);
    joined.set(samples, this.#speech.length);
    this.#speech = joined;
  }

  /** Something is still to be said. */
  get saying(): boolean {
    return this.#speech.length > 0;
  }

  /** Presses keys by RFC 4733; the packets go out on the 20 ms clock. */
  press(keys: string): void {
    this.#keySteps.push(...keySteps(keys));
  }

  /** Sends so many presses of a key at once, each a first packet and a last one: what no telephone does. */
  flood(key: string, presses: number): void {
    const target = this.#target;
    const events = keySteps(key).filter((step) => step.kind === 'event');
    const [first, last] = [events[0], events.at(-1)];
    if (!target || !first || !last) return;
    for (let n = 0; n < presses; n++) {
      const timestamp = (this.#timestamp + n) >>> 0;
      this.#send(first.payload, target.eventType ?? 101, timestamp, true, target);
      this.#send(last.payload, target.eventType ?? 101, timestamp, false, target);
    }
  }

  /** Stops sending, and goes on listening. */
  pause(): void {
    pacer.remove(this);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    pacer.remove(this);
    this.#socket.close();
  }

  sendFrame(): void {
    if (!this.#target) return;
    const step = this.#target.eventType === undefined ? undefined : this.#keySteps.shift();
    if (step?.kind === 'event') this.#sendKey(step.payload, step.first, this.#target);
    else this.#sendAudio(this.#target);
    this.#timestamp = (this.#timestamp + FRAME_SAMPLES) >>> 0;
  }

  #sendAudio(target: RtpTarget): void {
    const codec = target.codec === 'PCMU' ? pcmu : pcma;
    const payload = Buffer.allocUnsafe(FRAME_SAMPLES);
    codec.encode(this.#frame(), FRAME_SAMPLES, payload, 0);
    this.#send(payload, payloadTypeOf(codec), this.#timestamp, false, target);
  }

  #sendKey(payload: Buffer, first: boolean, target: RtpTarget): void {
    if (first) {
      this.#eventTimestamp = this.#timestamp;
      this.keysSentAt.push(performance.now());
    }
    this.#send(payload, target.eventType ?? 101, this.#eventTimestamp, first, target);
  }

  #send(payload: Buffer, type: number, timestamp: number, marker: boolean, to: RtpTarget): void {
    this.#sent = (this.#sent + 1) & 0xffff;
    const datagram = writeRtp({
      payloadType: type,
      marker,
      sequence: this.#sent,
      timestamp,
      ssrc: this.#ssrc,
      payload,
    });
    this.#socket.send(datagram, to.port, to.host, () => undefined);
  }

  #frame(): Int16Array {
    const samples = new Int16Array(FRAME_SAMPLES);
    if (this.#speech.length > 0) {
      samples.set(this.#speech.subarray(0, FRAME_SAMPLES));
      this.#speech = this.#speech.subarray(FRAME_SAMPLES);
      return samples;
    }
    if (this.#toneHz === undefined) return samples;
    const step = (2 * Math.PI * this.#toneHz) / SAMPLE_RATE;
    // The phase follows the timestamp, so that frames join without a click.
    const start = this.#timestamp % SAMPLE_RATE;
    for (let i = 0; i < FRAME_SAMPLES; i++) {
      samples[i] = Math.round(TONE_AMPLITUDE * Math.sin(step * (start + i)));
    }
    return samples;
  }

  #receive(datagram: Buffer): void {
    const at = performance.now();
    const packet = readRtp(datagram);
    if (!packet) return;
    this.statistics.feed(packet, at);
    if (packet.payloadType >= 96) this.keysHeard.feed(packet.payload, packet.timestamp);
    else this.#listen(packet, packet.payloadType === 0 ? pcmu : pcma, at);
  }

  #listen({ payload, timestamp }: RtpPacket, codec: AudioCodec, at: number): void {
    const samples = new Int16Array(payload.length);
    codec.decode(payload, samples);
    this.heard.feed(samples, at);
    this.onFrame(samples, at, timestamp);
  }
}

function payloadTypeOf(codec: AudioCodec): number {
  return codec.name === 'PCMU' ? 0 : 8;
}
