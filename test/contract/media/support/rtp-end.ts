import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { RtpHeader, RtpPacket } from 'werift-rtp';
import type { AudioCodec, CodecName } from '../../../../src/embedded/media/audio/codec.ts';
import { CODECS } from '../../../../src/embedded/media/audio/codec.ts';
import { createCodec } from '../../../../src/embedded/media/audio/codecs.ts';

const EVENT_TYPE = 101;

/** A telephone's ear and mouth: sends a tone every 20 ms, keeps what it hears. */
export class RtpEnd {
  readonly port: number;
  readonly codecName: CodecName;
  readonly packets: { atMs: number; packet: RtpPacket }[] = [];
  #socket: Socket;
  #codec: AudioCodec;
  #ear: AudioCodec;
  #remotePort = 0;
  #frequency = 0;
  #sequence = 1000;
  #timestamp = 160_000;
  #phase = 0;
  #timer: NodeJS.Timeout | undefined;
  #heard: Int16Array[] = [];

  private constructor(socket: Socket, codecName: CodecName) {
    this.#socket = socket;
    this.port = socket.address().port;
    this.codecName = codecName;
    this.#codec = createCodec(codecName);
    this.#ear = createCodec(codecName);
    socket.on('message', (data) => this.#receive(data));
  }

  static async open(codecName: CodecName = 'PCMA'): Promise<RtpEnd> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RtpEnd(socket, codecName);
  }

  get sdp(): string {
    return this.describe([this.codecName]);
  }

  describe(codecs: readonly CodecName[], direction = 'sendrecv'): string {
    const types = codecs.map((name) => CODECS[name].payloadType);
    const maps = codecs.map((name) => `a=rtpmap:${CODECS[name].payloadType} ${name}/8000\r\n`);
    return (
      `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n` +
      `m=audio ${this.port} RTP/AVP ${types.join(' ')} ${EVENT_TYPE}\r\n${maps.join('')}` +
      `a=rtpmap:${EVENT_TYPE} telephone-event/8000\r\na=fmtp:${EVENT_TYPE} 0-15\r\n` +
      `a=ptime:20\r\na=${direction}\r\n`
    );
  }

  /** Sends to the port of an SDP, a tone or (0) silence. */
  talk(sdp: string, frequency: number): void {
    this.#remotePort = Number(/m=audio (\d+)/.exec(sdp)?.[1]);
    this.#frequency = frequency;
    if (this.#timer) return;
    const started = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = Math.floor((performance.now() - started) / 20);
      while (sent++ <= due) this.#sendFrame();
      sent--;
    }, 5);
  }

  hush(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A key of 100 ms by RFC 4733, its end told three times. */
  async press(digit: string, sdp?: string): Promise<void> {
    if (sdp) this.#remotePort = Number(/m=audio (\d+)/.exec(sdp)?.[1]);
    const event = '0123456789*#ABCD'.indexOf(digit);
    const timestamp = this.#timestamp + 8000;
    for (let i = 1; i <= 7; i++) {
      const duration = Math.min(i, 5) * 160;
      const payload = Buffer.from([event, i >= 5 ? 0x8a : 0x0a, duration >> 8, duration & 255]);
      this.#send(EVENT_TYPE, timestamp, payload, i === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#timestamp = timestamp + 1600;
  }

  forget(): void {
    this.#heard = [];
    this.packets.length = 0;
  }

  /** The share of a frequency in what was last heard, 0 to 1 (Goertzel). */
  share(frequency: number, ms = 200): number {
    const rate = CODECS[this.codecName].sampleRate;
    const wanted = (rate * ms) / 1000;
    const samples: number[] = [];
    for (const frame of this.#heard.slice(-ms / 20 - 1)) samples.push(...frame);
    if (samples.length < wanted) return 0;
    return goertzelShare(samples.slice(-wanted), frequency, rate);
  }

  /** Waits until a frequency is what is heard. */
  async hears(frequency: number, timeoutMs = 3000): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.share(frequency) < 0.7) {
      if (performance.now() > until) {
        throw new Error(`${frequency} Hz was not heard; packets: ${this.packets.length}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Keys heard as telephone-events, each once. */
  keys(): string {
    const seen = new Set<number>();
    let keys = '';
    for (const { packet } of this.packets) {
      if (packet.header.payloadType !== EVENT_TYPE || seen.has(packet.header.timestamp)) continue;
      seen.add(packet.header.timestamp);
      keys += '0123456789*#ABCD'.charAt(packet.payload[0] ?? 0);
    }
    return keys;
  }

  close(): void {
    this.hush();
    this.#socket.close();
  }

  #receive(data: Buffer): void {
    const packet = RtpPacket.deSerialize(data);
    this.packets.push({ atMs: performance.now(), packet });
    if (packet.header.payloadType !== CODECS[this.codecName].payloadType) return;
    const pcm = new Int16Array(640);
    const count = this.#ear.decode(packet.payload, pcm);
    this.#heard.push(pcm.subarray(0, count));
  }

  #sendFrame(): void {
    const { sampleRate, payloadType } = CODECS[this.codecName];
    const pcm = new Int16Array(sampleRate / 50);
    for (let i = 0; i < pcm.length; i++) {
      pcm[i] = 8000 * Math.sin((2 * Math.PI * this.#frequency * this.#phase++) / sampleRate);
    }
    const payload = Buffer.alloc(160);
    this.#codec.encode(pcm, pcm.length, payload, 0);
    this.#timestamp += 160;
    this.#send(payloadType, this.#timestamp, payload, false);
  }

  #send(payloadType: number, timestamp: number, payload: Buffer, marker: boolean): void {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const header = new RtpHeader({
      payloadType,
      sequenceNumber: this.#sequence,
      timestamp,
      ssrc: this.port,
      marker,
    });
    this.#socket.send(new RtpPacket(header, payload).serialize(), this.#remotePort, '127.0.0.1');
  }
}

/** Energy at a frequency over all energy. */
export function goertzelShare(
  samples: readonly number[] | Int16Array,
  frequency: number,
  rate: number,
): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * frequency) / rate);
  let previous = 0;
  let before = 0;
  let energy = 0;
  for (const sample of samples) {
    const current = sample + coefficient * previous - before;
    before = previous;
    previous = current;
    energy += sample * sample;
  }
  if (energy === 0) return 0;
  const power = previous ** 2 + before ** 2 - coefficient * previous * before;
  return (2 * power) / (samples.length * energy);
}
