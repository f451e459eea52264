import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const HOST = '127.0.0.1';
/**
 * Below the range that the kernel gives out by itself (32768 and up), so that no chance socket sits in it, and below
 * 20000, where the media servers have their RTP: FreeSWITCH drops a call whose next port somebody else has taken.
 * Each process starts at a place of its own, so that suites running side by side seldom meet.
 */
const FIRST = 10_000;
const LAST = 19_998;
let next = FIRST + ((process.pid * 211) % (LAST - FIRST));

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
  if (next + count > LAST) next = FIRST;
  const first = next + (next % 2);
  next = first + count;
  return first;
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
