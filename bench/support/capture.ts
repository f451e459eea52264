import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { ensureEyes } from '../../scripts/test-tools.mjs';
import { pause, within } from '../../test/support/eventually.ts';
import { Evidence } from '../../test/support/evidence.ts';
import { Program } from '../../test/support/program.ts';
import { LABELLED_OCTETS, PACKET_OCTETS } from './talk-label.ts';

/** A datagram as the kernel saw it on loopback. */
export interface Seen {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  /** As much of it as was kept. */
  readonly data: Buffer;
}

const ETHERNET_HEADER = 14;
const HEADERS = ETHERNET_HEADER + 20 + 8;
const START_MS_MAX = 5_000;

/** The talkers' packets on loopback, with the kernel's time stamps, which do not wait for a busy process. */
export class Capture {
  readonly #program: Program;
  readonly #evidence: Evidence;

  /** Undefined where tcpdump is not to be had, or nobody here may capture: it says why on standard error. */
  static async start(): Promise<Capture | undefined> {
    const missing = ensureEyes();
    if (missing) return refused(missing);
    const evidence = new Evidence('capture');
    let listening: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      listening = resolve;
    });
    const program = new Program({
      command: 'tcpdump',
      args: argumentsFor(evidence.file('lo.pcap')),
      cwd: evidence.path,
      logPath: evidence.file('tcpdump.log'),
      onLine: (line) => line.includes('listening on') && listening(),
    });
    const failed = program.exited.then(({ code }) => {
      throw new Error(`tcpdump ended with ${code}`);
    });
    try {
      await within('tcpdump to listen', Promise.race([begun, failed]), START_MS_MAX);
    } catch (error) {
      program.signal('SIGKILL');
      return refused(`${error}: ${readFileSync(evidence.file('tcpdump.log'), 'utf8').trim()}`);
    }
    failed.catch(() => undefined);
    return new Capture(program, evidence);
  }

  private constructor(program: Program, evidence: Evidence) {
    this.#program = program;
    this.#evidence = evidence;
  }

  async finish(): Promise<readonly Seen[]> {
    await pause(300);
    await this.#program.stop(10_000, 'SIGINT');
    const seen = readCapture(readFileSync(this.#evidence.file('lo.pcap')));
    this.#evidence.close();
    return seen;
  }
}

/** Only what is as long as a talker's packet, and of it the headers and the label; a buffer of 64 MB, lest it lose some. */
function argumentsFor(path: string): string[] {
  const of = `udp and udp[4:2] = ${PACKET_OCTETS + 8}`;
  const snap = String(HEADERS + LABELLED_OCTETS);
  // As root it would become another user, who may not write here.
  return ['-i', 'lo', '-n', '-s', snap, '-B', '65536', '-Z', userInfo().username, '-w', path, of];
}

function refused(why: string): undefined {
  process.stderr.write(`Without the kernel's time stamps: ${why}\n`);
}

const FILE_HEADER = 24;
const RECORD_HEADER = 16;

function readCapture(file: Buffer): readonly Seen[] {
  const seen: Seen[] = [];
  let at = FILE_HEADER;
  while (at + RECORD_HEADER <= file.length) {
    const atMs = file.readUInt32LE(at) * 1000 + file.readUInt32LE(at + 4) / 1000;
    const length = file.readUInt32LE(at + 8);
    const frame = file.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    at += RECORD_HEADER + length;
    const udp = ETHERNET_HEADER + 4 * ((frame[ETHERNET_HEADER] ?? 0) & 0x0f);
    if (frame.length < udp + 8) continue;
    const from = frame.readUInt16BE(udp);
    seen.push({ atMs, from, to: frame.readUInt16BE(udp + 2), data: frame.subarray(udp + 8) });
  }
  return seen;
}
