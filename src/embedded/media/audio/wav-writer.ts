import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeWhole } from '../../../lib/write-whole.ts';

const HEADER_OCTETS = 44;
/** A RIFF length is 32 bits; a recording ends before it overflows (18 hours of stereo at 16 kHz). */
const DATA_OCTETS_MAX = 0xffff_ff00 - HEADER_OCTETS;
/** Samples gathered before a write: one second of stereo at 16 kHz. */
const BUFFER_SAMPLES = 32_000;

/** The header of a 16 bit PCM WAVE file. */
export function wavHeader(sampleRate: number, channels: number, dataOctets: number): Buffer {
  const header = Buffer.alloc(HEADER_OCTETS);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_OCTETS - 8 + dataOctets, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataOctets, 40);
  return header;
}

/**
 * Writes a WAVE file while a call goes on. Writing never blocks the caller: samples wait in memory for
 * the disk, for at most `waitingBuffersMax` buffers; then, or when the disk is full, the recording stops.
 */
export class WavWriter {
  readonly sampleRate: number;
  readonly channels: number;
  /** Set when the file could not be written any further. */
  failure: string | undefined;
  #file: FileHandle | undefined;
  #buffer = new Int16Array(BUFFER_SAMPLES);
  #filled = 0;
  #octets = 0;
  #waiting = 0;
  #tail: Promise<void>;
  readonly #waitingBuffersMax: number;

  constructor(path: string, sampleRate: number, channels: number, waitingBuffersMax = 30) {
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.#waitingBuffersMax = waitingBuffersMax;
    this.#tail = this.#step(async () => {
      await mkdir(dirname(path), { recursive: true });
      this.#file = await open(path, 'w');
      await writeWhole(this.#file, wavHeader(sampleRate, channels, 0), 0);
    });
  }

  /** Resolves when the file is open and its header written, or with the reason why it is not. */
  async opened(): Promise<string | undefined> {
    await this.#tail;
    return this.failure;
  }

  /** Appends interleaved samples. */
  write(samples: Int16Array, count: number): void {
    if (this.failure !== undefined) return;
    if (this.#octets + 2 * (this.#filled + count) > DATA_OCTETS_MAX) {
      this.failure = 'the file is too long';
      return;
    }
    if (this.#filled + count > this.#buffer.length) this.#flush();
    this.#buffer.set(samples.subarray(0, count), this.#filled);
    this.#filled += count;
  }

  /** Completes the header and closes the file. */
  async close(): Promise<void> {
    this.#flush();
    this.#tail = this.#tail.then(() =>
      this.#step(async () => {
        const header = wavHeader(this.sampleRate, this.channels, this.#octets);
        if (this.#file) await writeWhole(this.#file, header, 0);
      }),
    );
    await this.#tail;
    await this.#file?.close().catch(() => undefined);
    this.#file = undefined;
  }

  #flush(): void {
    if (this.#filled === 0) return;
    if (this.#waiting >= this.#waitingBuffersMax) {
      this.failure ??= 'the disk is too slow';
      this.#filled = 0;
      return;
    }
    const chunk = Buffer.from(this.#buffer.slice(0, this.#filled).buffer);
    this.#filled = 0;
    this.#waiting++;
    this.#tail = this.#tail.then(() =>
      this.#step(async () => {
        if (this.#file) await writeWhole(this.#file, chunk, HEADER_OCTETS + this.#octets);
        this.#octets += chunk.length;
      }).finally(() => {
        this.#waiting--;
      }),
    );
  }

  async #step(work: () => Promise<void>): Promise<void> {
    if (this.failure !== undefined && this.#file === undefined) return;
    try {
      await work();
    } catch (error) {
      this.failure ??= error instanceof Error ? error.message : String(error);
    }
  }
}
