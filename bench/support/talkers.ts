/**
 * A process of telephones without a screen: each sends 20 ms of PCMA at a time to where it is told, and notes what
 * comes. Every packet says whose it is and its number, so that whoever sees it again knows which one it was.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import type { TalkersOrder, TalkersReport } from './talk.ts';
import { labelOf, PACKET_OCTETS, PCMA, writeLabel } from './talk-label.ts';

interface Talker {
  readonly socket: Socket;
  readonly packet: Buffer;
  /** Where it sends to; 0: it is silent. */
  port: number;
  count: number;
  lastAtMs: number;
}

/** Numbers of packets of which the moment of their sending is remembered: 5 s. */
const REMEMBERED = 256;

const talkers: Talker[] = [];
const sentAt: Float64Array[] = [];
let figures = nothing();

function nothing() {
  return { sent: 0, received: 0, spacingsMs: [] as number[], throughMs: [] as number[] };
}

function receive(talker: Talker, packet: Buffer): void {
  const now = performance.now();
  // Another talker's RTCP may come to our port.
  if (((packet[1] ?? 0) & 0x7f) !== PCMA) return;
  figures.received += 1;
  if (talker.lastAtMs > 0) figures.spacingsMs.push(now - talker.lastAtMs);
  talker.lastAtMs = now;
  const label = labelOf(packet);
  const at = label && sentAt[label.talker]?.[label.count % REMEMBERED];
  if (at !== undefined) figures.throughMs.push(now - at);
}

async function open(count: number): Promise<number[]> {
  for (let index = 0; index < count; index++) {
    const socket = createSocket({
      type: 'udp4',
      lookup: (host, _options, done) => done(null, host, 4),
    });
    const listening = once(socket, 'listening');
    socket.bind(0, '127.0.0.1');
    await listening;
    socket.setRecvBufferSize(262_144);
    // A refused datagram (ICMP) is the other side's hanging up.
    socket.on('error', () => undefined);
    const packet = Buffer.alloc(PACKET_OCTETS, 0xd5);
    packet[0] = 0x80;
    packet[1] = PCMA;
    packet.writeUInt32BE(index + 1, 8);
    const talker = { socket, packet, port: 0, count: 0, lastAtMs: 0 };
    socket.on('message', (data) => receive(talker, data));
    talkers.push(talker);
    sentAt.push(new Float64Array(REMEMBERED));
  }
  begin();
  return talkers.map(({ socket }) => socket.address().port);
}

/** They speak in turn over the 20 ms, as unrelated callers do. */
function begin(): void {
  const started = performance.now();
  const perMs = talkers.length / 20;
  let done = 0;
  setInterval(() => {
    const due = Math.floor((performance.now() - started) * perMs);
    for (; done < due; done++) speak(done % talkers.length);
  }, 1);
}

function speak(index: number): void {
  const talker = talkers[index];
  if (!talker || talker.port === 0) return;
  talker.count += 1;
  talker.packet.writeUInt16BE(talker.count & 0xffff, 2);
  talker.packet.writeUInt32BE(talker.count * 160, 4);
  writeLabel(talker.packet, { talker: index, count: talker.count });
  const moments = sentAt[index];
  if (moments) moments[talker.count % REMEMBERED] = performance.now();
  talker.socket.send(talker.packet, 0, PACKET_OCTETS, talker.port, '127.0.0.1');
  figures.sent += 1;
}

function report(): TalkersReport {
  const report = figures;
  figures = nothing();
  return report;
}

process.on('message', (order: TalkersOrder) => {
  if (order.kind === 'open') void open(order.count).then((ports) => process.send?.(ports));
  else if (order.kind === 'report') process.send?.(report());
  else {
    const talker = talkers[order.talker];
    if (talker) talker.port = order.port;
  }
});
process.once('disconnect', () => process.exit());
try {
  // Telephones are machines of their own: they do not wait for what is measured.
  setPriority(-20);
} catch {
  // Without the privilege their own spacing, which is measured as well, says what it cost.
}
