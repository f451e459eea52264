import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a company's system knows, by path: `/v1/orders/123`. */
export type Facts = ReadonlyMap<string, object>;

const DAY_MS = 86_400_000;
const TUESDAY = 2;

/** A day as ISO 8601, so many after the moment. */
const day = (now: Date, daysAfter: number): string =>
  new Date(now.getTime() + daysAfter * DAY_MS).toISOString().slice(0, 10);

/** The orders of the furniture shop, told as of today: 123 went out on the last Tuesday, and so on. */
export function exampleOrders(now: Date): Facts {
  const sinceTuesday = (now.getUTCDay() - TUESDAY + 7) % 7;
  const orders = [
    { order: '123', status: 'out_for_delivery', day: day(now, -sinceTuesday) },
    { order: '124', status: 'delivered', day: day(now, -1) },
    { order: '125', status: 'preparing', day: day(now, 0) },
    { order: '2001', status: 'received', day: day(now, 0) },
  ];
  return new Map(orders.map((order) => [`/v1/orders/${order.order}`, order]));
}

/** The accounts of the bank, whose owners are contacts of the example company, and the clinic's results. */
export const exampleRecords = (now: Date): Facts =>
  new Map<string, object>([
    ['/v1/accounts/123456', { balance: 12500.5, due: day(now, 7) }],
    ['/v1/accounts/654321', { balance: 310.2, overdue: 125 }],
    ['/v1/results/4711', { ready: true, since: day(now, -2) }],
    ['/v1/results/4712', { ready: false }],
  ]);

/** A company's system, as small as it can be: JSON, 404 for what it does not know. */
export async function openSystem(
  factsOf: (now: Date) => Facts,
  port: number,
  host = '127.0.0.1',
): Promise<Server> {
  const server = createServer((request, response) => {
    const known = factsOf(new Date()).get(request.url ?? '');
    response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(known ?? { error: 'Nothing is known of it.' }));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
