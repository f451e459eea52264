import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encodeWav } from '../../src/speech/audio/wav.ts';
import { Speaker } from './sounds.ts';

/** What the server was asked, as OpenAI's API has it. */
export interface SpeechRequest {
  readonly model: string;
  readonly voice: string;
  readonly input: string;
  readonly response_format: string;
}

/**
 * A server of `POST /v1/audio/speech` that speaks OpenAI's protocol, with a real voice behind it. `misbehave` answers
 * instead, for a test of what such servers do at their worst.
 */
export class TtsServer {
  readonly asked: SpeechRequest[] = [];
  readonly keys: (string | undefined)[] = [];
  misbehave: ((response: ServerResponse) => void) | undefined;
  readonly #speaker = new Speaker();
  readonly #server = createServer((request, response) => {
    // It is closed while it speaks.
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<TtsServer> {
    const server = new TtsServer();
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    await this.#speaker.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    if (request.method !== 'POST' || request.url !== '/v1/audio/speech') {
      response.writeHead(404).end();
      return;
    }
    const asked = JSON.parse(Buffer.concat(pieces).toString()) as SpeechRequest;
    this.asked.push(asked);
    this.keys.push(request.headers.authorization);
    if (this.misbehave) return this.misbehave(response);
    const samples = await this.#speaker.say(asked.input, 'en', 24_000);
    // As servers that stream do: the length is not known when the header is sent.
    const wav = encodeWav(samples, 24_000);
    wav.writeUInt32LE(0xffff_ffff, 40);
    response.writeHead(200, { 'content-type': 'audio/wav' });
    response.end(wav);
  }
}
