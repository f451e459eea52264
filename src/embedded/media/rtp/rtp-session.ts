import type { Socket } from 'node:dgram';
import { type AudioCodec, type CodecName, FRAME_MS, FRAME_SAMPLES_MAX } from '../audio/codec.ts';
import { createCodec } from '../audio/codecs.ts';
import { Concealer } from './concealer.ts';
import { JitterBuffer } from './jitter-buffer.ts';
import { Latch, type Place } from './latch.ts';
import { emptyRtpHeader, RTP_HEADER_OCTETS, type RtpHeader, readRtpHeader } from './packet.ts';
import type { PortPair } from './port-pool.ts';
import { ReceiverStats } from './receiver-stats.ts';
import { buildReport, type LastSenderReport, readSenderReport } from './rtcp.ts';
import { RtpSender } from './sender.ts';
import { type KeyPress, KeyReceiver, KeySender } from './telephone-event.ts';

/** What SDP agreed on. */
export interface AgreedMedia {
  readonly codec: CodecName;
  readonly payloadType: number;
  /** The type that the far end takes for keys. */
  readonly eventSendType: number | undefined;
  /** The type that we announced for keys. */
  readonly eventReceiveType: number | undefined;
  readonly remote: Place;
  /** May we send: is the far end's direction sendrecv or recvonly, and its address a real one? */
  readonly sending: boolean;
  readonly receiving: boolean;
}

export interface SessionWorld {
  nowMs(): number;
  random(): number;
}

/** A key whose end never comes is told after so many ticks without a packet of it. */
const KEY_EXPIRY_TICKS = 50;
/** RTCP every 5 s (RFC 3550 section 6.2). */
const REPORT_TICKS = 250;
/** A packet of 120 ms is the longest that is decoded. */
const DECODED_SAMPLES_MAX = 16 * 120;

/** One leg's media: two sockets, a stream each way, keys, and the frame of the current tick. */
export class RtpSession {
  readonly port: number;
  readonly pair: PortPair;
  readonly sender: RtpSender;
  readonly stats = new ReceiverStats();
  readonly jitter = new JitterBuffer();
  readonly keys = new KeySender();
  /** Called for each key pressed at the far end. */
  onKey: (press: KeyPress) => void = () => undefined;
  /** A packet could not be dealt with, which is a fault of ours. */
  onFailure: (error: unknown) => void = () => undefined;
  /** Packets are passed on to this session as they are, when both speak one codec. */
  relay: RtpSession | undefined;
  agreed: AgreedMedia | undefined;
  lastReceivedMs: number;
  codec: AudioCodec = createCodec('PCMU');
  readonly #world: SessionWorld;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #latch = new Latch();
  readonly #header: RtpHeader = emptyRtpHeader();
  readonly #keyReceiver = new KeyReceiver();
  readonly #concealer = new Concealer();
  readonly #decoded = new Int16Array(DECODED_SAMPLES_MAX * 2);
  #decodedSamples = 0;
  readonly #frame = new Int16Array(FRAME_SAMPLES_MAX);
  #frameTick = -1;
  #frameHeard = false;
  #tick = 0;
  /** Counted, not reckoned: a thread that slept must first read what waits in its sockets. */
  #keyQuietTicks = 0;
  #lastReport: LastSenderReport | undefined;
  #closed = false;

  constructor(pair: PortPair, world: SessionWorld) {
    this.pair = pair;
    this.port = pair.port;
    this.#world = world;
    this.#rtp = pair.rtp;
    this.#rtcp = pair.rtcp;
    this.lastReceivedMs = world.nowMs();
    this.sender = new RtpSender((packet, octets) => this.#transmit(packet, octets), world.random);
    pair.rtp.on('message', (packet, { address, port }) => {
      try {
        this.#receive(packet, address, port);
      } catch (error) {
        this.onFailure(error);
      }
    });
    pair.rtcp.on('message', (packet) => {
      this.#lastReport = readSenderReport(packet, world.nowMs()) ?? this.#lastReport;
    });
  }

  get sampleRate(): 8000 | 16000 {
    return this.codec.sampleRate;
  }

  /** Samples of 20 ms. */
  get frameSamples(): number {
    return (this.codec.sampleRate * FRAME_MS) / 1000;
  }

  agree(media: AgreedMedia): void {
    const before = this.agreed;
    if (before?.codec !== media.codec) {
      this.codec = createCodec(media.codec);
      this.jitter.clear();
      this.#decodedSamples = 0;
    }
    const moved =
      before?.remote.address !== media.remote.address || before.remote.port !== media.remote.port;
    this.#latch.name(media.remote, moved);
    this.agreed = media;
    this.lastReceivedMs = this.#world.nowMs();
  }

  /**
   * Stops or starts passing packets on. Whoever stops plays what the buffer has kept of them: the last 40 ms once more,
   * rather than 40 ms of nothing, when a third person joins the two or a recording begins.
   */
  setRelay(target: RtpSession | undefined): void {
    if (this.relay === target) return;
    this.relay = target;
    this.#decodedSamples = 0;
  }

  /** The beginning of each 20 ms: keys, their expiry, RTCP. Returns whether a key kept the voice away. */
  beginTick(tick: number): boolean {
    this.#tick = tick;
    if (this.#keyReceiver.pending && ++this.#keyQuietTicks > KEY_EXPIRY_TICKS) {
      for (const press of this.#keyReceiver.expire()) this.onKey(press);
    }
    if ((tick + (this.port >> 1)) % REPORT_TICKS === 0) this.#sendReport();
    return this.#sendKey(tick);
  }

  /** Encodes and sends 20 ms. */
  play(pcm: Int16Array): void {
    if (!this.agreed?.sending || this.keys.busy) return;
    const packet = this.sender.slot();
    const octets = this.codec.encode(pcm, this.frameSamples, packet, RTP_HEADER_OCTETS);
    this.sender.sendFrame(this.#tick, this.agreed.payloadType, octets);
  }

  /** The 20 ms heard in this tick, the same for all who ask, or nothing while the far end is silent. */
  heard(): Int16Array | undefined {
    if (this.#frameTick !== this.#tick) {
      if (this.#frameTick !== this.#tick - 1) this.jitter.begin();
      this.#frameTick = this.#tick;
      this.#frameHeard = this.#decodeFrame();
    }
    return this.#frameHeard ? this.#frame : undefined;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.relay = undefined;
  }

  #transmit(packet: Buffer, octets: number): void {
    if (this.#closed || this.#latch.port === 0) return;
    this.#rtp.send(packet, 0, octets, this.#latch.port, this.#latch.address);
  }

  #receive(packet: Buffer, address: string, port: number): void {
    const agreed = this.agreed;
    const header = this.#header;
    if (this.#closed || !agreed || !readRtpHeader(packet, header)) return;
    const isKey = header.payloadType === agreed.eventReceiveType;
    if (!isKey && header.payloadType !== agreed.payloadType) return;
    const nowMs = this.#world.nowMs();
    if (!this.#latch.accepts(address, port, header.ssrc, nowMs)) return;
    this.lastReceivedMs = nowMs;
    const { payloadStart, payloadEnd } = header;
    const octets = payloadEnd - payloadStart;
    this.stats.receive(header.ssrc, header.sequence, header.timestamp, octets, nowMs);
    if (isKey) this.#receiveKey(packet);
    else if (agreed.receiving) this.#receiveAudio(packet);
  }

  #receiveKey(packet: Buffer): void {
    this.#keyQuietTicks = 0;
    for (const press of this.#keyReceiver.receive(this.#header, packet)) this.onKey(press);
  }

  #receiveAudio(packet: Buffer): void {
    const header = this.#header;
    const target = this.relay;
    if (target?.agreed && target.codec.name === this.codec.name) target.pass(header, packet);
    this.jitter.push(header.sequence, packet, header.payloadStart, header.payloadEnd);
  }

  /** Sends on what the other leg of a bridge received. */
  pass(header: RtpHeader, packet: Buffer): void {
    if (!this.agreed?.sending || this.keys.busy) return;
    const payload = packet.subarray(header.payloadStart, header.payloadEnd);
    this.sender.forward(this.#tick, this.agreed.payloadType, header, payload);
  }

  #sendKey(tick: number): boolean {
    if (!this.keys.busy) return false;
    const packet = this.keys.next();
    const type = this.agreed?.eventSendType;
    if (packet && type !== undefined && this.agreed?.sending) {
      this.sender.sendEvent(tick, type, packet.payload, packet.marker);
    }
    return true;
  }

  /** Takes packets until 20 ms are together; far ends may send 10, 30 or 60 ms at a time. */
  #decodeFrame(): boolean {
    const wanted = this.frameSamples;
    for (let packets = 0; packets < 4 && this.#decodedSamples < wanted; packets++) {
      if (!this.#decodePacket()) break;
    }
    if (this.#decodedSamples < wanted) return false;
    this.#frame.set(this.#decoded.subarray(0, wanted));
    this.#decoded.copyWithin(0, wanted, this.#decodedSamples);
    this.#decodedSamples -= wanted;
    return true;
  }

  #decodePacket(): boolean {
    const room = this.#decoded.subarray(this.#decodedSamples);
    const popped = this.jitter.pop();
    if (popped === 'empty') {
      const count = this.stats.packets > 0 ? this.#concealer.conceal(room) : 0;
      this.#decodedSamples += count;
      return count > 0;
    }
    if (popped === 'lost') {
      const count = this.#concealer.conceal(room) || this.#silence(room);
      this.#decodedSamples += count;
      return true;
    }
    const count = this.codec.decode(this.jitter.payload, room);
    this.#concealer.good(room, count);
    this.#decodedSamples += count;
    return count > 0;
  }

  #silence(room: Int16Array): number {
    room.fill(0, 0, this.frameSamples);
    return this.frameSamples;
  }

  #sendReport(): void {
    if (this.#closed || this.stats.packets + this.sender.packets === 0) return;
    const { port, address } = this.#latch;
    // A far end may send from port 65535; its RTCP would have none.
    if (port === 0 || port === 65_535) return;
    const cname = `${this.port}@centralita`;
    const now = this.#world.nowMs();
    const report = buildReport(this.sender, this.stats, this.#lastReport, now, cname);
    this.#rtcp.send(report, 0, report.length, port + 1, address);
  }
}
