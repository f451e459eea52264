import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { byteRange } from '../../src/lib/byte-range.ts';

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** A small S3: objects by path, and nothing for whoever does not sign as AWS Signature Version 4 wants it. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Requests that were refused, and why. */
  readonly refused: string[] = [];
  /** Objects that nobody may delete: 403, as under a legal hold. */
  readonly kept = new Set<string>();
  /** While it is set every request is answered 503. */
  away = false;
  readonly #secretKey: string;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  private constructor(secretKey: string) {
    this.#secretKey = secretKey;
  }

  static async start(secretKey: string): Promise<S3Server> {
    const server = new S3Server(secretKey);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const objection = this.#objection(request, body);
    if (objection) this.refused.push(objection);
    if (this.away) return void response.writeHead(503).end();
    if (objection) return void response.writeHead(403).end(objection);
    this.#serve(request, response, body);
  }

  #serve({ method, url = '', headers }: IncomingMessage, response: ServerResponse, body: Buffer) {
    const object = this.objects.get(url);
    if (method === 'PUT') {
      this.objects.set(url, body);
      return response.writeHead(200).end();
    }
    if (method === 'DELETE') {
      if (this.kept.has(url)) return response.writeHead(403).end();
      this.objects.delete(url);
      return response.writeHead(204).end();
    }
    if (!object) return response.writeHead(404).end('<Error/>');
    const part = byteRange(headers.range, object.length);
    if (part === 'unsatisfiable')
      return response.writeHead(416, { 'content-range': `bytes */${object.length}` }).end();
    if (!part) return response.writeHead(200, { 'content-length': object.length }).end(object);
    const content = object.subarray(part.start, part.end + 1);
    const range = `bytes ${part.start}-${part.end}/${object.length}`;
    return response
      .writeHead(206, { 'content-range': range, 'content-length': content.length })
      .end(content);
  }

  /** Computes the signature anew, from what came over the wire. */
  #objection({ method, url = '', headers }: IncomingMessage, body: Buffer): string | undefined {
    const match =
      /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
        headers.authorization ?? '',
      );
    if (!match) return 'no signature';
    const [, credential = '', signed = '', signature] = match;
    const [, day = '', region = '', service = ''] = credential.split('/');
    const payload = String(headers['x-amz-content-sha256']);
    if (method === 'PUT' && payload !== sha256(body))
      return 'the body is not the one that was signed';
    if (!signed.split(';').includes('host')) return 'the host is not signed';
    if (headers.range !== undefined && !signed.includes('range')) return 'the range is not signed';
    const [path = '', query = ''] = url.split('?');
    const canonical = [
      method,
      path,
      query,
      ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
      '',
      signed,
      payload,
    ].join('\n');
    const date = String(headers['x-amz-date']);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
    const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
      (secret, part) => hmac(secret, part),
      `AWS4${this.#secretKey}`,
    );
    const expected = hmac(key, toSign).toString('hex');
    return expected === signature ? undefined : 'the signature is wrong';
  }
}
