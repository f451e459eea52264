import { readFileSync } from 'node:fs';
import { readRtp } from '../../demo/phone/rtp-packet.ts';
import { RtpStatistics } from '../../demo/phone/rtp-statistics.ts';
import { eventually, pause } from '../../test/support/eventually.ts';
import { Evidence } from '../../test/support/evidence.ts';
import { installed, Program } from '../../test/support/program.ts';

/** What the kernel saw on loopback: its timestamps do not wait for a busy Node. */
export class Capture {
  readonly #program: Program;
  readonly #evidence: Evidence;

  /** Undefined where dumpcap (Debian: wireshark-common) is not installed. */
  static async start(): Promise<Capture | undefined> {
    if (!(await installed('dumpcap'))) return undefined;
    const capture = new Capture();
    await eventually('dumpcap to start', () => capture.#size() >= 24);
    return capture;
  }

  private constructor() {
    this.#evidence = new Evidence('capture');
    this.#program = new Program({
      command: 'dumpcap',
      // Headers are enough; a large buffer, lest the capture itself lose packets.
      args: ['-i', 'lo', '-f', 'udp', '-s', '64', '-B', '64', '-P', '-q', '-w', this.#path],
      cwd: this.#evidence.path,
      logPath: this.#evidence.file('dumpcap.log'),
    });
  }

  /** Ends, and gives the streams that went to these ports, by port. Times in milliseconds. */
  async finish(ports: ReadonlySet<number>): Promise<ReadonlyMap<number, RtpStatistics>> {
    await pause(300);
    await this.#program.stop(10_000, 'SIGINT');
    const streams = readStreams(readFileSync(this.#path), ports);
    this.#evidence.close();
    return streams;
  }

  get #path(): string {
    return this.#evidence.file('lo.pcap');
  }

  #size(): number {
    try {
      return readFileSync(this.#path).length;
    } catch {
      return 0;
    }
  }
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_HEADER = 14;

function readStreams(file: Buffer, ports: ReadonlySet<number>): ReadonlyMap<number, RtpStatistics> {
  const streams = new Map<number, RtpStatistics>();
  let at = FILE_HEADER;
  while (at + RECORD_HEADER <= file.length) {
    const ms = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    const length = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    at += RECORD_HEADER + length;
    const udp = ETHERNET_HEADER + 4 * ((frame[ETHERNET_HEADER] ?? 0) & 0x0f);
    if (frame.length < udp + 8 || !ports.has(frame.readUInt16BE(udp + 2))) continue;
    const packet = readRtp(frame.subarray(udp + 8));
    const port = frame.readUInt16BE(udp + 2);
    if (!packet || (packet.payloadType >= 72 && packet.payloadType <= 76)) continue;
    const stream = streams.get(port) ?? new RtpStatistics();
    stream.feed(packet, ms);
    streams.set(port, stream);
  }
  return streams;
}
