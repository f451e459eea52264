import { Counter, Histogram, type Registry } from 'prom-client';
import type { Telephony } from '../runtime/ports/index.ts';
import type { MediaServerView, TelephonyMeters } from '../runtime/ports/meters.ts';
import { gauge } from './gauges.ts';
import { countRepairs } from './repairs.ts';

/** Seconds. A command is a round trip on the local network and a little work. */
const ROUND_TRIP_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];
/** Seconds. What the two of them would hear as silence begins at a tenth. */
const BRIDGE_BUCKETS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];
/** Seconds. It is all in memory. */
const ROUTING_BUCKETS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];

/** SIP messages, and the media servers' event sockets. */
export function telephonyMeters(registry: Registry): TelephonyMeters {
  const registers = [registry];
  const sip = new Counter({
    name: 'centralita_sip_messages_total',
    help: 'SIP messages by direction, method and class: request, 1xx … 6xx',
    labelNames: ['direction', 'method', 'class'],
    registers,
  });
  const roundTrip = new Histogram({
    name: 'centralita_media_round_trip_seconds',
    help: 'Time until a media server has answered a command over its event socket',
    labelNames: ['server'],
    buckets: ROUND_TRIP_BUCKETS,
    registers,
  });
  const lost = new Counter({
    name: 'centralita_media_connections_lost_total',
    help: 'Event sockets of media servers that were lost: their calls ended',
    labelNames: ['server'],
    registers,
  });
  const signalling = new Counter({
    name: 'centralita_signalling_connections_lost_total',
    help: 'Connections to drachtio that were lost: their calls ended',
    registers,
  });
  return {
    sip: ({ direction, method, status }) =>
      sip.inc({
        direction,
        method,
        class: status === undefined ? 'request' : `${Math.floor(status / 100)}xx`,
      }),
    mediaAnswered(server, tookMs) {
      roundTrip.observe({ server }, tookMs / 1_000);
      // As in `from-zero.ts`.
      lost.inc({ server }, 0);
    },
    mediaLost: (server) => lost.inc({ server }),
    signallingLost: () => signalling.inc(),
    repaired: countRepairs(registry),
  };
}

/** What telephony has at the moment of the scrape. */
export function measureTelephony(
  registry: Registry,
  views: {
    servers(): readonly MediaServerView[];
    legs(): Readonly<Record<string, number>>;
    registrations(): number;
  },
): void {
  gauge(
    registry,
    'centralita_media_up',
    'Whether a media server takes calls',
    ['server'],
    (set) => {
      for (const { name, up } of views.servers()) set({ server: name }, up ? 1 : 0);
    },
  );
  const help = 'Channels of ours in use on a media server';
  gauge(registry, 'centralita_media_channels', help, ['server'], (set) => {
    for (const { name, channels } of views.servers()) set({ server: name }, channels);
  });
  gauge(
    registry,
    'centralita_legs',
    'SIP legs by kind: callers, rings, dialled',
    ['kind'],
    (set) => {
      const { channels: _, ...legs } = views.legs();
      for (const [kind, count] of Object.entries(legs)) set({ kind }, count);
    },
  );
  gauge(registry, 'centralita_registrations', 'Phones that are registered', [], (set) =>
    set({}, views.registrations()),
  );
}

/**
 * The same telephony, timed. Routing: from when the input that decided it came (a phone that is free again, a caller
 * who joins a queue) to when the agent's phone is told to ring.
 *
 * @param turnBegan When the input that is being worked on came, in the time of `performance.now()`.
 */
export function timedTelephony<T extends Telephony>(
  registry: Registry,
  telephony: T,
  turnBegan: () => number | undefined,
): T {
  const registers = [registry];
  const routing = new Histogram({
    name: 'centralita_routing_seconds',
    help: 'From what makes an offer possible to the order to ring the phone of the agent',
    buckets: ROUTING_BUCKETS,
    registers,
  });
  const bridging = new Histogram({
    name: 'centralita_bridge_seconds',
    help: 'From the order to connect two legs until they hear each other',
    labelNames: ['result'],
    buckets: BRIDGE_BUCKETS,
    registers,
  });
  const ring: Telephony['ring'] = (...args) => {
    telephony.ring(...args);
    const began = turnBegan();
    if (began !== undefined) routing.observe((performance.now() - began) / 1_000);
  };
  const bridge: Telephony['bridge'] = async (...args) => {
    const began = performance.now();
    const done = await telephony.bridge(...args);
    bridging.observe({ result: done ? 'ok' : 'gone' }, (performance.now() - began) / 1_000);
    return done;
  };
  const timed: Partial<Telephony> = { ring, bridge };
  // Whatever else the port has, or will have, is the adapter's own.
  return new Proxy(telephony, {
    get(target, name: keyof Telephony) {
      const own: unknown = timed[name] ?? Reflect.get(target, name, target);
      return typeof own === 'function' && own !== timed[name] ? own.bind(target) : own;
    },
  });
}
