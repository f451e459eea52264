/**
 * A process of telephones for the bench of the media server alone: each sends 20 ms of PCMA at a time and
 * notes what it receives. It is told where to send by its parent, and reports when asked.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface PhonesReport {
  readonly sent: number;
  readonly received: number;
  readonly lost: number;
  readonly spacingsMs: readonly number[];
}

export type PhonesOrder =
  | { readonly kind: 'open'; readonly count: number }
  | { readonly kind: 'talk'; readonly ports: readonly number[] }
  | { readonly kind: 'measure' }
  | { readonly kind: 'report' };

const PACKET_OCTETS = 172;

interface Phone {
  readonly socket: Socket;
  readonly packet: Buffer;
  port: number;
  sequence: number;
  lastSequence: number;
  lastAtMs: number;
}

const phones: Phone[] = [];
let sent = 0;
let received = 0;
let lost = 0;
let spacings: number[] = [];

function receive(phone: Phone, packet: Buffer): void {
  const now = performance.now();
  // Another phone's RTCP may come to our port.
  if (((packet[1] ?? 0) & 0x7f) !== 8) return;
  const sequence = packet.readUInt16BE(2);
  if (phone.lastAtMs > 0) {
    spacings.push(now - phone.lastAtMs);
    const gap = (sequence - phone.lastSequence) & 0xffff;
    if (gap > 1 && gap < 0x8000) lost += gap - 1;
  }
  phone.lastAtMs = now;
  phone.lastSequence = sequence;
  received++;
}

async function open(count: number): Promise<number[]> {
  for (let i = 0; i < count; i++) {
    const socket = createSocket({
      type: 'udp4',
      lookup: (host, _options, done) => done(null, host, 4),
    });
    const listening = once(socket, 'listening');
    socket.bind(0, '127.0.0.1');
    await listening;
    socket.setRecvBufferSize(262_144);
    const packet = Buffer.alloc(PACKET_OCTETS, 0xd5);
    packet[0] = 0x80;
    packet[1] = 8;
    packet.writeUInt32BE(i + 1, 8);
    const phone = { socket, packet, port: 0, sequence: 0, lastSequence: 0, lastAtMs: 0 };
    socket.on('message', (data) => receive(phone, data));
    phones.push(phone);
  }
  return phones.map(({ socket }) => socket.address().port);
}

/** The phones speak in turn over the 20 ms, as unrelated callers do. */
function talk(ports: readonly number[]): void {
  for (const [index, port] of ports.entries()) {
    const phone = phones[index];
    if (phone) phone.port = port;
  }
  const started = performance.now();
  const perMs = phones.length / 20;
  let done = 0;
  setInterval(() => {
    const due = Math.floor((performance.now() - started) * perMs);
    for (; done < due; done++) speak(phones[done % phones.length] as Phone);
  }, 1);
}

function speak(phone: Phone): void {
  phone.sequence = (phone.sequence + 1) & 0xffff;
  phone.packet.writeUInt16BE(phone.sequence, 2);
  phone.packet.writeUInt32BE(phone.sequence * 160, 4);
  phone.socket.send(phone.packet, 0, PACKET_OCTETS, phone.port, '127.0.0.1');
  sent++;
}

process.on('message', (order: PhonesOrder) => {
  if (order.kind === 'open') void open(order.count).then((ports) => process.send?.(ports));
  else if (order.kind === 'talk') talk(order.ports);
  else if (order.kind === 'measure') {
    sent = 0;
    received = 0;
    lost = 0;
    spacings = [];
  } else process.send?.({ sent, received, lost, spacingsMs: spacings } satisfies PhonesReport);
});
