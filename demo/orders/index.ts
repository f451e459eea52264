/**
 * `npm run example:orders`: the system of orders that the example flow `pedidos` (8005550140) asks. Centralita has to be
 * allowed to ask it; the text that it prints says how.
 */
import { openOrders } from './server.ts';

/** Where the example flow looks for it. */
const PORT = 8091;

const server = await openOrders(PORT).catch((error: Error) => {
  process.stderr.write(`The orders cannot be served: ${error.message}\n`);
  process.exit(1);
});
server.on('request', (request, response) => {
  response.on('finish', () => {
    process.stdout.write(`${request.method} ${request.url} → ${response.statusCode}\n`);
  });
});
process.stdout.write(`The orders 123, 124, 125 and 2001 are at http://127.0.0.1:${PORT}/v1/orders/123

Start Centralita so that flows may ask them, and dial 8005550140:

  REQUEST_HOSTS=127.0.0.1:${PORT} npm start

`);
