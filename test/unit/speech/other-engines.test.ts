import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import { encodeWav, inspectBytes } from '../../../src/speech/audio/wav.ts';
import { openHearing } from '../../../src/speech/hearing.ts';
import { SherpaEngine } from '../../../src/speech/stt/sherpa.ts';
import { findSherpaModel } from '../../../src/speech/stt/sherpa-model.ts';
import { eventually } from '../../support/eventually.ts';
import { Listener } from '../../support/listener.ts';
import { bytesOf, inARow, Speaker, silence } from '../../support/sounds.ts';

let words: Int16Array;
let folder: string;
before(async () => {
  const speaker = new Speaker();
  words = inARow(silence(400), await speaker.say('ventas', 'es-MX'), silence(900));
  await speaker.close();
  folder = await mkdtemp(join(tmpdir(), 'stt-'));
});
after(() => rm(folder, { recursive: true }));

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A transcription server that answers as the test says, and what it was asked. */
async function server(answer: Answer, answerMsMax = 10_000) {
  const asked: { readonly headers: IncomingMessage['headers']; readonly body: Buffer }[] = [];
  const http = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    asked.push({ headers: request.headers, body: Buffer.concat(pieces) });
    answer(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const recognisers = await openHearing({
    recognisers: [
      {
        languages: ['*'],
        kind: 'openai',
        address: `http://127.0.0.1:${port}/v1`,
        options: { model: 'small' },
      },
    ],
    key: 'sk-tests',
    sampleRate: 16_000,
    answerMsMax,
    callsMax: 5,
    clock: systemClock,
    log: silentLogger,
  });
  const close = async (): Promise<void> => {
    await recognisers.close();
    http.closeAllConnections();
    http.close();
  };
  return { asked, recognisers, close };
}

const json =
  (body: unknown): Answer =>
  (_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(body));
  };

const request = {
  callId: callId('c'),
  language: 'es-MX',
  hints: ['ventas', 'factura'],
  limits: { endSilenceMs: 500, speechMsMax: 4_000 },
} as const;

async function transcribed(answer: Answer, answerMsMax?: number) {
  const { asked, recognisers, close } = await server(answer, answerMsMax);
  const listener = new Listener();
  recognisers.listen(request, listener.events).push(bytesOf(words));
  await eventually('an end', listener.over);
  await close();
  return { asked, listener };
}

describe('a transcription endpoint of OpenAI’s kind', () => {
  it('gets a WAV file with language, model and hints, and its words come back', async () => {
    const segments = [{ avg_logprob: -0.1, no_speech_prob: 0.01 }];
    const { asked, listener } = await transcribed(json({ text: ' Ventas.', segments }));
    assert.equal(listener.heard?.[0]?.text, 'Ventas.');
    assert.equal(listener.heard[0].confidence.toFixed(2), '0.90');
    const { headers, body } = asked[0] ?? assert.fail();
    assert.equal(headers.authorization, 'Bearer sk-tests');
    const text = body.toString('latin1');
    for (const field of ['small', 'es', 'verbose_json', 'ventas, factura']) {
      assert.ok(text.includes(`\r\n\r\n${field}\r\n`), field);
    }
    const wav = body.subarray(body.indexOf('RIFF'));
    const info = inspectBytes(wav, wav.length);
    assert.ok(info.ok && info.value.rate === 16_000 && info.value.durationMs > 700);
  });

  it('believes nothing that was made up over silence', async () => {
    const segments = [{ avg_logprob: -1.4, no_speech_prob: 0.9 }];
    const { listener } = await transcribed(json({ text: 'Gracias por ver el vídeo.', segments }));
    assert.equal(listener.not, 'silence');
  });

  const bad: readonly (readonly [string, Answer])[] = [
    ['an error', (_request, response) => response.writeHead(500).end('no')],
    ['HTML', (_request, response) => response.end('<html>hello</html>')],
    ['other JSON', json({ message: 'hello' })],
    ['10 MB', (_request, response) => response.end('x'.repeat(10_000_000))],
    ['nothing', () => {}],
    ['a broken connection', (incoming) => incoming.socket.destroy()],
    ['a redirection', (_request, response) => response.writeHead(302, { location: '/x' }).end()],
  ];
  for (const [name, answer] of bad) {
    it(`fails, and ends, at ${name}`, async () => {
      const limitMs = name === 'nothing' ? 300 : undefined;
      assert.equal((await transcribed(answer, limitMs)).listener.not, 'failed');
    });
  }
});

describe('a recording instead of live audio', () => {
  it('is understood like live audio, whatever its rate', async () => {
    const { recognisers, close } = await server(json({ text: 'ventas' }));
    const path = join(folder, 'said.wav');
    await writeFile(
      path,
      encodeWav(
        words.filter((_, at) => at % 2 === 0),
        8_000,
      ),
    );
    const listener = new Listener();
    recognisers.listen(request, listener.events).file(path);
    await eventually('an end', listener.over);
    assert.equal(listener.heard?.[0]?.text, 'ventas');
    await close();
  });

  it('fails where there is none, and is silence where nobody speaks', async () => {
    const { recognisers, close } = await server(json({ text: 'ventas' }));
    const path = join(folder, 'silence.wav');
    await writeFile(path, encodeWav(silence(1_000), 16_000));
    for (const [file, why] of [
      [join(folder, 'none.wav'), 'failed'],
      [path, 'silence'],
    ] as const) {
      const listener = new Listener();
      recognisers.listen(request, listener.events).file(file);
      await eventually('an end', listener.over);
      assert.equal(listener.not, why);
    }
    await close();
  });
});

describe('sherpa-onnx', () => {
  it('says what is missing in its folder', async () => {
    await assert.rejects(findSherpaModel(join(folder, 'none')), /there is no folder/);
    await writeFile(join(folder, 'tokens.txt'), '');
    await assert.rejects(findSherpaModel(folder), /holds no streaming model/);
  });

  it('refuses a model that cannot be read, which ends its own process and not the house', async () => {
    const corrupt = await mkdtemp(join(folder, 'corrupt-'));
    for (const name of ['tokens.txt', 'encoder.onnx', 'decoder.onnx', 'joiner.onnx']) {
      await writeFile(join(corrupt, name), 'this is no model\n');
    }
    const opening = SherpaEngine.open({
      ...{ folder: corrupt, threads: 1, clock: systemClock, log: silentLogger },
    });
    await assert.rejects(opening, /^Error: RECOGNISERS: sherpa corrupt-.+: ./);
  });

  it('finds a model by its parts, the quantised ones first', async () => {
    for (const name of ['encoder-e.onnx', 'encoder-e.int8.onnx', 'decoder.onnx', 'joiner.onnx']) {
      await writeFile(join(folder, name), '');
    }
    assert.deepEqual(await findSherpaModel(folder), {
      kind: 'transducer',
      tokens: join(folder, 'tokens.txt'),
      encoder: join(folder, 'encoder-e.int8.onnx'),
      decoder: join(folder, 'decoder.onnx'),
      joiner: join(folder, 'joiner.onnx'),
    });
  });
});
