const KEYS = '0123456789*#ABCD';
const PACKET_UNITS = 160;
/** 100 ms of a key, then 80 ms of rest: what a telephone's automatic dialling does. */
const KEY_PACKETS = 5;
const REST_PACKETS = 4;
/** RFC 4733 section 2.5.1.4: the last packet is sent three times. */
const END_PACKETS = 3;

/** One packet of a key press, or a rest in which audio goes on. */
export type KeyStep =
  | { readonly kind: 'rest' }
  | { readonly kind: 'event'; readonly payload: Buffer; readonly first: boolean };

/** The packets that pressing these keys takes, one each 20 ms (RFC 4733 section 2.3). */
export function keySteps(keys: string): KeyStep[] {
  return [...keys].flatMap((key) => {
    const code = KEYS.indexOf(key.toUpperCase());
    if (code < 0) throw new Error(`Not a telephone key: ${key}`);
    return [...oneKey(code), ...Array<KeyStep>(REST_PACKETS).fill({ kind: 'rest' })];
  });
}

function oneKey(code: number): KeyStep[] {
  const pressed = Array.from({ length: KEY_PACKETS }, (_, index) => index + 1);
  const ended = Array<number>(END_PACKETS).fill(KEY_PACKETS + 1);
  return [...pressed, ...ended].map((packets, index) => ({
    kind: 'event',
    first: index === 0,
    payload: eventPayload(code, packets * PACKET_UNITS, index >= KEY_PACKETS),
  }));
}

function eventPayload(code: number, duration: number, end: boolean): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt8(code, 0);
  payload.writeUInt8((end ? 0x80 : 0) | 10, 1);
  payload.writeUInt16BE(duration, 2);
  return payload;
}

/** Collects the keys that arrive as RFC 4733 events: each once, by its timestamp. */
export class KeyLog {
  keys = '';
  #lastTimestamp: number | undefined;

  feed(payload: Buffer, timestamp: number): void {
    if (payload.length < 4 || timestamp === this.#lastTimestamp) return;
    const key = KEYS[payload.readUInt8(0)];
    if (key === undefined) return;
    this.#lastTimestamp = timestamp;
    this.keys += key;
  }
}
