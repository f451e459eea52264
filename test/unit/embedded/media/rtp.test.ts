import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RtpHeader, RtpPacket } from 'werift-rtp';
import { JitterBuffer } from '../../../../src/embedded/media/rtp/jitter-buffer.ts';
import { Latch } from '../../../../src/embedded/media/rtp/latch.ts';
import { MediaClock } from '../../../../src/embedded/media/rtp/media-clock.ts';
import {
  emptyRtpHeader,
  PACKET_OCTETS_MAX,
  readRtpHeader,
  sequenceDistance,
} from '../../../../src/embedded/media/rtp/packet.ts';
import { ReceiverStats } from '../../../../src/embedded/media/rtp/receiver-stats.ts';
import { buildReport, readSenderReport } from '../../../../src/embedded/media/rtp/rtcp.ts';
import { RtpSender } from '../../../../src/embedded/media/rtp/sender.ts';
import { KeyReceiver, KeySender } from '../../../../src/embedded/media/rtp/telephone-event.ts';

test('A header reads as another library reads it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 127 }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.boolean(),
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      (payloadType, sequenceNumber, timestamp, marker, payload) => {
        const fields = { payloadType, sequenceNumber, timestamp, marker, ssrc: 7 };
        const packet = new RtpPacket(new RtpHeader(fields), Buffer.from(payload)).serialize();
        const header = emptyRtpHeader();
        assert.ok(readRtpHeader(packet, header));
        assert.equal(header.payloadType, payloadType);
        assert.equal(header.sequence, sequenceNumber);
        assert.equal(header.timestamp, timestamp);
        assert.equal(header.marker, marker);
        const read = packet.subarray(header.payloadStart, header.payloadEnd);
        assert.deepEqual([...read], [...payload]);
      },
    ),
  );
});

test('No datagram makes the reader fail', () => {
  const header = emptyRtpHeader();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (octets) => {
      const packet = Buffer.from(octets);
      if (!readRtpHeader(packet, header)) return;
      assert.ok(header.payloadStart <= header.payloadEnd);
      assert.ok(header.payloadEnd <= packet.length);
    }),
  );
});

test('What is longer than any packet of ours is none, and the longest can be passed on', () => {
  const header = emptyRtpHeader();
  const longest = Buffer.alloc(PACKET_OCTETS_MAX, 0xff);
  longest[0] = 0x80;
  assert.equal(readRtpHeader(Buffer.concat([longest, longest]), header), false);
  assert.ok(readRtpHeader(longest, header));
  const { sent, sender } = collect();
  sender.forward(1, 0, header, longest.subarray(header.payloadStart, header.payloadEnd));
  assert.equal(sent[0]?.payload.length, PACKET_OCTETS_MAX - 12);
});

const payloadOf = (sequence: number) => Uint8Array.from([sequence >> 8, sequence & 255]);
const push = (buffer: JitterBuffer, sequence: number) =>
  buffer.push(sequence, payloadOf(sequence), 0, 2);
const value = (buffer: JitterBuffer) => ((buffer.payload[0] ?? 0) << 8) | (buffer.payload[1] ?? 0);

test('The jitter buffer waits for two packets, then puts them in order, over the wrap', () => {
  const buffer = new JitterBuffer();
  push(buffer, 65535);
  assert.equal(buffer.pop(), 'empty');
  push(buffer, 1);
  push(buffer, 0);
  const order: number[] = [];
  while (buffer.pop() === 'packet') order.push(value(buffer));
  assert.deepEqual(order, [65535, 0, 1]);
});

test('A packet that came before the first is still taken while the buffer fills', () => {
  const buffer = new JitterBuffer();
  push(buffer, 11);
  push(buffer, 10);
  assert.equal(buffer.pop(), 'packet');
  assert.equal(value(buffer), 10);
});

test('A hole is told as lost, a late or doubled packet is dropped', () => {
  const buffer = new JitterBuffer();
  for (const sequence of [1, 2, 4, 5, 5]) push(buffer, sequence);
  const outcomes = [buffer.pop(), buffer.pop(), buffer.pop(), buffer.pop()];
  assert.deepEqual(outcomes, ['packet', 'packet', 'lost', 'packet']);
  push(buffer, 3);
  assert.equal(buffer.late, 1);
  assert.equal(buffer.pop(), 'packet');
  assert.equal(value(buffer), 5);
  assert.equal(buffer.lost, 1);
});

test('Underruns deepen the buffer up to its limit; a jump begins a new stream', () => {
  const buffer = new JitterBuffer();
  let sequence = 0;
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 8; i++) push(buffer, sequence++);
    while (buffer.pop() === 'packet');
  }
  assert.equal(buffer.depth, 8);
  push(buffer, sequence + 5000);
  assert.equal(buffer.waiting, 1);
});

test('What nobody has played for a while is there at once, the last of it, and goes on without a hole', () => {
  const buffer = new JitterBuffer();
  for (let sequence = 0; sequence < 200; sequence++) push(buffer, sequence);
  assert.equal(buffer.waiting, buffer.depth);
  const played: number[] = [];
  for (let sequence = 200; sequence < 300; sequence++) {
    assert.equal(buffer.pop(), 'packet');
    played.push(value(buffer));
    push(buffer, sequence);
  }
  assert.deepEqual([played[0], played.at(-1)], [198, 297]);
});

test('Whoever begins to listen hears nothing of what was said before', () => {
  const buffer = new JitterBuffer();
  for (let sequence = 0; sequence < 10; sequence++) push(buffer, sequence);
  buffer.begin();
  assert.equal(buffer.pop(), 'packet');
  assert.equal(value(buffer), 8);
});

test('After a pause everything that came in it is played; a clock that runs too fast is caught up with', () => {
  const buffer = new JitterBuffer();
  const pops = (count: number) =>
    Array.from({ length: count }, () => (buffer.pop() === 'packet' ? value(buffer) : -1));
  for (const sequence of [0, 1, 2]) push(buffer, sequence);
  assert.deepEqual(pops(1), [0]);
  for (let sequence = 3; sequence < 13; sequence++) push(buffer, sequence);
  assert.deepEqual(pops(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (let sequence = 13; sequence < 100; sequence += 2) {
    push(buffer, sequence);
    push(buffer, sequence + 1);
    pops(1);
  }
  assert.ok(buffer.dropped > 20 && buffer.waiting < 20);
});

test('What is older than what was played is late, also while the buffer fills again', () => {
  const buffer = new JitterBuffer();
  for (const sequence of [28, 29]) push(buffer, sequence);
  assert.deepEqual([buffer.pop(), buffer.pop(), buffer.pop()], ['packet', 'packet', 'empty']);
  push(buffer, 0);
  assert.equal(buffer.late, 1);
  assert.equal(buffer.waiting, 0);
});

test('Whatever comes in whatever order, nothing is given twice and nothing backwards', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 120 }), (arrivals) => {
      const buffer = new JitterBuffer();
      let last = -1;
      for (const sequence of arrivals) {
        push(buffer, 1000 + sequence);
        if (buffer.pop() !== 'packet') continue;
        if (last >= 0) assert.ok(sequenceDistance(value(buffer), last) > 0);
        last = value(buffer);
      }
    }),
    { examples: [[[28, 29, 0, 0, 0, 1, 2]]] },
  );
});

/** A telephone-event packet of nothing but its payload. */
const keyAt = (timestamp: number, payload: Uint8Array, ssrc = 7) =>
  [{ ssrc, timestamp, payloadStart: 0, payloadEnd: payload.length }, payload] as const;

test('A key is told once, whichever of its packets are lost', () => {
  const press = [1, 2, 3, 4, 5].map((i) => ({ duration: i * 160, end: i === 5 }));
  const packets = [...press, press[4], press[4]];
  fc.assert(
    fc.property(fc.subarray(packets.slice(0, 4)), fc.integer({ min: 1, max: 3 }), (some, ends) => {
      const receiver = new KeyReceiver();
      const told: string[] = [];
      for (const packet of [...some, ...packets.slice(7 - ends)]) {
        if (!packet) continue;
        const octets = [5, packet.end ? 0x8a : 0x0a, packet.duration >> 8, packet.duration & 255];
        for (const key of receiver.receive(...keyAt(8000, Uint8Array.from(octets)))) {
          told.push(`${key.digit}/${key.duration}`);
        }
      }
      assert.deepEqual(told, ['5/400']);
    }),
  );
});

test('A key of which one packet came is told by the next one, an old packet tells nothing', () => {
  const receiver = new KeyReceiver();
  const held = Uint8Array.from([1, 10, 0, 160]);
  const next = Uint8Array.from([2, 0x8a, 0, 160]);
  assert.deepEqual(receiver.receive(...keyAt(1000, held)), []);
  assert.deepEqual(
    receiver.receive(...keyAt(5000, next)).map(({ digit }) => digit),
    ['1', '2'],
  );
  assert.deepEqual(receiver.receive(...keyAt(1000, held)), []);
  assert.deepEqual(receiver.receive(...keyAt(9000, Uint8Array.from([99, 0x8a, 0, 1]))), []);
  assert.deepEqual(receiver.receive(...keyAt(9000, Uint8Array.from([1]))), []);
});

test('A new stream begins its timestamps anywhere: its keys are told, also one that the old stream left open', () => {
  const receiver = new KeyReceiver();
  const told = (timestamp: number, event: number, ended: boolean, ssrc: number) =>
    receiver
      .receive(...keyAt(timestamp, Uint8Array.from([event, ended ? 0x8a : 10, 0, 160]), ssrc))
      .map(({ digit }) => digit);
  assert.deepEqual(told(3_000_000_000, 9, true, 1), ['9']);
  assert.deepEqual(told(3_000_008_000, 8, false, 1), []);
  assert.deepEqual(told(1_000_000_000, 1, true, 2), ['8', '1']);
  assert.deepEqual(told(1_000_000_000, 1, true, 2), []);
  assert.deepEqual(told(999_000_000, 2, true, 2), []);
});

test('Keys sent are keys received: marker first, duration growing, the end three times', () => {
  const sender = new KeySender();
  sender.send('1x#', 100);
  const receiver = new KeyReceiver();
  let told = '';
  let ends = 0;
  let timestamp = 0;
  for (let tick = 0; sender.busy && tick < 100; tick++) {
    const packet = sender.next();
    if (!packet) continue;
    if (packet.marker) timestamp = tick * 160;
    if ((packet.payload[1] ?? 0) & 0x80) ends++;
    for (const key of receiver.receive(...keyAt(timestamp, packet.payload))) told += key.digit;
  }
  assert.equal(told, '1#');
  assert.equal(ends, 6);
});

test('Three packets from elsewhere move the latch only while the known place is silent', () => {
  const latch = new Latch();
  latch.name({ address: '10.0.0.1', port: 4000 }, true);
  assert.equal(latch.accepts('10.0.0.1', 4000, 1, 0), true);
  for (let i = 0; i < 10; i++) assert.equal(latch.accepts('6.6.6.6', 666, 9, 100), false);
  assert.equal(latch.accepts('10.0.0.1', 4000, 1, 200), true);
  assert.equal(latch.accepts('10.0.0.1', 5000, 1, 3000), false);
  assert.equal(latch.accepts('10.0.0.1', 5000, 1, 3020), false);
  assert.equal(latch.accepts('10.0.0.1', 5000, 1, 3040), true);
  assert.equal(latch.port, 5000);
});

test('Whoever is heard where SDP said loses the call to no other address, however long the silence', () => {
  const latch = new Latch();
  latch.name({ address: '10.0.0.1', port: 4000 }, true);
  assert.equal(latch.accepts('10.0.0.1', 4000, 1, 0), true);
  for (let i = 0; i < 10; i++) assert.equal(latch.accepts('6.6.6.6', 666, 9, 60_000), false);
  latch.name({ address: '10.0.0.2', port: 4000 }, true);
  assert.equal(latch.accepts('10.0.0.2', 4000, 1, 60_000), true);
});

test('A stranger who is there before the caller loses the call to the first packet from where SDP said', () => {
  const latch = new Latch();
  latch.name({ address: '10.0.0.1', port: 4000 }, true);
  const sprayed = [0, 20, 40, 60].map((ms) => latch.accepts('6.6.6.6', 666, 9, ms));
  assert.deepEqual(sprayed, [false, false, true, true]);
  assert.equal(latch.accepts('10.0.0.1', 4000, 1, 70), true);
  assert.deepEqual([latch.address, latch.port], ['10.0.0.1', 4000]);
  assert.equal(latch.accepts('6.6.6.6', 666, 9, 80), false);
});

test('Behind a NAT the place may change altogether, after a silence', () => {
  const latch = new Latch();
  latch.name({ address: '192.168.0.5', port: 4000 }, true);
  const heard = (address: string, fromMs: number) =>
    [0, 20, 40].map((ms) => latch.accepts(address, 5000, 1, fromMs + ms));
  assert.deepEqual(heard('10.0.0.1', 0), [false, false, true]);
  assert.deepEqual(heard('10.0.0.2', 1000), [false, false, false]);
  assert.deepEqual(heard('10.0.0.2', 3000), [false, false, true]);
});

function collect() {
  const sent: RtpPacket[] = [];
  const sender = new RtpSender(
    (packet, octets) => sent.push(RtpPacket.deSerialize(Buffer.from(packet.subarray(0, octets)))),
    () => 1234,
  );
  return { sent, sender };
}

test('One stream: own frames, then a forwarded stream, then own frames again', () => {
  const { sent, sender } = collect();
  sender.sendFrame(10, 8, 160);
  sender.sendFrame(11, 8, 160);
  const payload = new Uint8Array(160);
  for (const offset of [0, 1, 3, 2]) {
    const source = { ssrc: 99, sequence: 65534 + offset, timestamp: offset * 160, marker: false };
    sender.forward(12 + offset, 8, { ...source, sequence: source.sequence & 0xffff }, payload);
  }
  sender.sendFrame(20, 8, 160);
  const sequences = sent.map(({ header }) => header.sequenceNumber);
  const first = sequences[0] ?? 0;
  assert.deepEqual(
    sequences.map((sequence) => sequence - first),
    [0, 1, 2, 3, 5, 4, 6],
  );
  assert.deepEqual(
    sent.map(({ header }) => header.marker),
    [true, false, true, false, false, false, true],
  );
  const [one, two] = sent.map(({ header }) => header.timestamp);
  assert.equal((two ?? 0) - (one ?? 0), 160);
  assert.equal(new Set(sent.map(({ header }) => header.ssrc)).size, 1);
});

test('Reports are read by another library, and ours reads a sender report', () => {
  const { sender } = collect();
  sender.sendFrame(1, 8, 160);
  const stats = new ReceiverStats();
  for (const sequence of [1, 2, 4]) stats.receive(5, sequence, sequence * 160, 160, sequence * 20);
  assert.equal(stats.lost, 1);
  const report = buildReport(sender, stats, undefined, 1_700_000_000_000, 'cname');
  const last = readSenderReport(report, 42);
  assert.equal(last?.receivedAtMs, 42);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (octets) => {
      readSenderReport(Buffer.from(octets), 0);
    }),
  );
});

test('The clock keeps an absolute schedule, makes up for lateness, and gives up what is too old', () => {
  let now = 0;
  let due = { at: 0, fire: () => {} };
  let ticks = 0;
  let readings = 0;
  const clock = new MediaClock(() => ticks++, {
    now: () => now,
    after: (delay, fire) => {
      due = { at: now + delay, fire };
      return { cancel: () => undefined };
    },
    afterReading: (fire) => {
      readings++;
      fire();
      return { cancel: () => undefined };
    },
  });
  clock.start();
  for (let i = 0; i < 50; i++) {
    now = due.at + 1.3;
    due.fire();
  }
  assert.ok(ticks >= 48 && Math.abs(ticks * 20 - now) < 22);
  const before = ticks;
  assert.equal(readings, 0);
  now += 100;
  due.fire();
  assert.equal(ticks, before + 5);
  assert.equal(readings, 1, 'the sockets first');
  now += 10_000;
  due.fire();
  assert.equal(clock.skipped, 490);
});
