import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { RtpPeer } from '../../demo/phone/rtp-peer.ts';

/** Callers whose sound goes to `port`, where nobody takes it, and who say nothing themselves. */
export interface DeafEars {
  readonly rtp: RtpPeer;
  readonly port: number;
  close(): Promise<unknown>;
}

/** Opens a port, and never looks at it again: what does not fit into its buffer the kernel drops. */
const ASLEEP = `
  const { createSocket } = require('node:dgram');
  const { parentPort } = require('node:worker_threads');
  const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
    parentPort.postMessage(socket.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/**
 * A thousand callers are sent fifty thousand packets a second, and to take these from the kernel costs a process as much
 * as to send them. Callers are elsewhere in the world: that is no work of the machine that is measured.
 */
export async function openDeafEars(): Promise<DeafEars> {
  const worker = new Worker(ASLEEP, { eval: true });
  const [port] = (await once(worker, 'message')) as [number];
  const rtp = await RtpPeer.open();
  // One that is closed never says a word.
  rtp.close();
  return { rtp, port, close: () => worker.terminate() };
}
