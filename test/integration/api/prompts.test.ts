import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startTestApi, TEST_API_KEY, type TestApi } from '../../support/api.ts';
import { pcmTone, type WavShape, wavFile } from '../../support/wav-bytes.ts';

const CD: WavShape = { tag: 1, bits: 16, channels: 2, rate: 44_100 };
const wav = wavFile(CD, pcmTone(CD, 200));
let api: TestApi;

before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

const put = (path: string, payload: Buffer | string, type = 'audio/wav') =>
  api.app.inject({
    method: 'PUT',
    url: `/v1/prompts/${path}`,
    headers: { authorization: `Bearer ${TEST_API_KEY}`, 'content-type': type },
    payload,
  });

describe('/v1/prompts', () => {
  it('takes, lists, plays and removes recordings, by name and language', async () => {
    const made = await put('principal.saludo?language=es-MX', wav);
    assert.equal(made.statusCode, 200);
    const { uploadedAt, ...facts } = made.json();
    assert.match(uploadedAt, /Z$/);
    assert.deepEqual(facts, {
      name: 'principal.saludo',
      language: 'es-MX',
      durationMs: 200,
      original: { rate: 44_100, channels: 2, format: '16 bit PCM' },
    });
    assert.equal(
      (await put(encodeURIComponent('opción no válida'), wav, 'audio/x-wav')).statusCode,
      200,
    );
    const first = await api.request('GET', '/v1/prompts?limit=1');
    assert.deepEqual(
      first.body.items.map((item: { name: string }) => item.name),
      ['opción no válida'],
    );
    const second = await api.request('GET', `/v1/prompts?limit=1&cursor=${first.body.nextCursor}`);
    assert.deepEqual(second.body.items, [made.json()]);
    assert.equal(second.body.nextCursor, undefined);
    const path = '/v1/prompts/principal.saludo';
    assert.equal((await api.request('GET', path)).status, 404);
    assert.deepEqual((await api.request('GET', `${path}?language=es-MX`)).body, made.json());
    const sound = await api.app.inject({
      url: `${path}/sound?language=es-MX`,
      headers: { authorization: `Bearer ${TEST_API_KEY}` },
    });
    assert.equal(sound.headers['content-type'], 'audio/wav');
    assert.equal(sound.rawPayload.length, 44 + 2 * 16_000 * 0.2);
    assert.equal((await api.request('DELETE', `${path}?language=es-MX`)).status, 204);
    assert.equal((await api.request('DELETE', `${path}?language=es-MX`)).status, 404);
  });

  it('says what is wrong with a file that is no recording', async () => {
    const png = await put('x', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    assert.equal(png.statusCode, 422);
    assert.equal(png.json().code, 'RECORDING_INVALID');
    assert.equal(png.json().detail, 'The file cannot be used: it is a PNG picture, no WAV file.');
    assert.match((await put('x', wav.subarray(0, 99))).json().detail, /cut off: 55 of 35280 bytes/);
    assert.match((await put('x', '')).json().detail, /no WAV file|body/i);
  });

  it('refuses what is too large before reading it, other types, and strange names and languages', async () => {
    const large = await api.app.inject({
      method: 'PUT',
      url: '/v1/prompts/x',
      headers: {
        authorization: `Bearer ${TEST_API_KEY}`,
        'content-type': 'audio/wav',
        'content-length': '1000000000',
      },
      payload: 'RIFF',
    });
    assert.equal(large.statusCode, 413);
    assert.equal((await put('x', 'x', 'image/png')).statusCode, 415);
    assert.equal((await put('x', '{}', 'application/json')).statusCode, 415);
    assert.equal((await put('x?language=tlh', wav)).statusCode, 400);
    assert.equal((await put(`${'x'.repeat(131)}`, wav)).statusCode, 400);
    assert.equal((await put('a%2Fb', wav)).statusCode, 400);
    assert.equal((await api.app.inject({ method: 'PUT', url: '/v1/prompts/x' })).statusCode, 401);
    assert.equal((await api.request('GET', '/v1/prompts?cursor=zzz')).status, 400);
  });
});
