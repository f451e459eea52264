/**
 * `npm run example:systems`: the systems that the example flows ask: the shop's orders, the bank's accounts, the clinic's
 * results. Centralita has to be allowed to ask them; the text that it prints says how.
 */
import { exampleOrders, exampleRecords, type Facts, openSystem } from './server.ts';

/** Where the example flows look for them. */
const ORDERS_PORT = 8091;
const RECORDS_PORT = 8092;

async function open(factsOf: (now: Date) => Facts, port: number): Promise<void> {
  const server = await openSystem(factsOf, port).catch((error: Error) => {
    process.stderr.write(`The example systems cannot be served: ${error.message}\n`);
    process.exit(1);
  });
  server.on('request', (request, response) => {
    response.on('finish', () => {
      process.stdout.write(`${port} ${request.method} ${request.url} → ${response.statusCode}\n`);
    });
  });
}

await Promise.all([open(exampleOrders, ORDERS_PORT), open(exampleRecords, RECORDS_PORT)]);
process.stdout.write(`Start Centralita so that flows may ask these systems:

  REQUEST_HOSTS=127.0.0.1:${ORDERS_PORT},127.0.0.1:${RECORDS_PORT} npm start

8005550140  orders: type 123#, 124#, 125# or 2001#
8005550110  the shop: say or press 2, then an order as above
8005550120  the bank: press 1, then account 123456# and PIN 1234, or 654321# and 4321
8005550130  the clinic in its hours: press 2, 2, then 4711# (ready) or 4712# (not yet)

What they are asked:
`);
