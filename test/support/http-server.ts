import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One of the company's own systems, as a test wants it to be: real HTTP on a port of loopback. */
export class HttpServer {
  readonly heard: Heard[] = [];
  readonly #server = createServer((request, response) => void this.#take(request, response));
  /** How it answers; the default is a 404 without a body. */
  answer: (response: ServerResponse, heard: Heard) => void | Promise<void> = (response) => {
    response.writeHead(404).end();
  };

  static async open(): Promise<HttpServer> {
    const server = new HttpServer();
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  answerJson(value: unknown, status = 200): void {
    this.answer = (response) => json(response, value, status);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const { method = '', url = '', headers } = request;
    const heard = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
    this.heard.push(heard);
    await this.answer(response, heard);
  }
}

export const json = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};

/** What Standard Webhooks has a receiver compute of a message, and compare with its `webhook-signature`. */
export function signatureOf({ headers, body }: Heard, secret: string): string {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
