import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOST = '127.0.0.1';
/**
 * Below the range that the kernel gives out by itself (32768 and up), so that no chance socket sits in it, and below
 * 20000, where the media servers have their RTP: FreeSWITCH drops a call whose next port somebody else has taken.
 */
const FIRST = 10_000;
const LAST = 19_999;
/** A system's RTP ports and some more: whoever needs others claims another block. */
const BLOCK = 500;
/** Suites run side by side, and a port that is only promised looks free: each process has blocks to itself. */
const CLAIMS = join(tmpdir(), 'centralita-test-ports');
const blocks: number[] = [];
let next = 0;
let end = 0;
process.once('exit', () => {
  for (const block of blocks) rmSync(claimOf(block), { force: true });
});

/** A port that is free for TCP and UDP on loopback now. */
export async function freePort(): Promise<number> {
  return freeRange(1);
}

/** The first of `count` neighbouring ports, even, all free for UDP and the first one for TCP as well. */
export async function freeRange(count: number): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const first = take(count);
    const probes = [...new Set([0, Math.min(1, count - 1), count - 1])];
    const free = await Promise.all([
      tcpFree(first),
      ...probes.map((index) => udpFree(first + index)),
    ]);
    if (free.every(Boolean)) return first;
  }
  throw new Error('No free ports on loopback.');
}

function take(count: number): number {
  const first = next + (next % 2);
  if (first + count > end) {
    [next, end] = nextBlock();
    return take(count);
  }
  next = first + count;
  return first;
}

/** One that nobody has; when there is none, the oldest of our own again. */
function nextBlock(): [number, number] {
  const first = claim() ?? blocks.shift();
  if (first === undefined)
    throw new Error('All ports for tests are taken by other test processes.');
  blocks.push(first);
  return [first, first + BLOCK];
}

const claimOf = (block: number): string => join(CLAIMS, String(block));

function claim(): number | undefined {
  mkdirSync(CLAIMS, { recursive: true });
  for (let first = FIRST; first + BLOCK <= LAST + 1; first += BLOCK) {
    const file = claimOf(first);
    if (!isClaimed(file) && wins(file)) return first;
  }
  return undefined;
}

function wins(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    return false;
  }
  return true;
}

/** The claim of a process that was killed is nobody's. */
function isClaimed(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return true;
  } catch {
    rmSync(file, { force: true });
    return false;
  }
}

async function tcpFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, HOST);
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

async function udpFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, HOST);
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
