import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a shop knows of an order; days as ISO 8601. */
interface Order {
  readonly order: string;
  readonly status: 'received' | 'preparing' | 'out_for_delivery' | 'delivered';
  readonly day: string;
}

const DAY_MS = 86_400_000;
const TUESDAY = 2;

/** The orders of the example, told as of today: 123 went out on the last Tuesday, and so on. */
export function exampleOrders(now: Date): ReadonlyMap<string, Order> {
  const day = (daysAgo: number): string =>
    new Date(now.getTime() - daysAgo * DAY_MS).toISOString().slice(0, 10);
  const sinceTuesday = (now.getUTCDay() - TUESDAY + 7) % 7;
  const orders: readonly Order[] = [
    { order: '123', status: 'out_for_delivery', day: day(sinceTuesday) },
    { order: '124', status: 'delivered', day: day(1) },
    { order: '125', status: 'preparing', day: day(0) },
    { order: '2001', status: 'received', day: day(0) },
  ];
  return new Map(orders.map((order) => [order.order, order]));
}

/** A company's system of orders, as small as it can be: `GET /v1/orders/123`. JSON, 404 for what it does not know. */
export async function openOrders(port: number, host = '127.0.0.1'): Promise<Server> {
  const server = createServer((request, response) => {
    const number = /^\/v1\/orders\/(\d{1,10})$/.exec(request.url ?? '')?.[1];
    const order = number === undefined ? undefined : exampleOrders(new Date()).get(number);
    const body = order ?? { error: 'There is no such order.' };
    response.writeHead(order ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;
