import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deliverByHttp } from '../../../src/speech/delivery.ts';

const { urlOf, fileOf, pathOf } = deliverByHttp(
  '/data/prompts',
  'http_cache://http://10.0.0.5:8080',
  's',
);
const split = (url: string): [string, string] => {
  const [, token = '', name = ''] = /\/sounds\/([^/]+)\/(.+)$/.exec(url) ?? [];
  return [token, decodeURIComponent(name)];
};

test('every sound of the folder has a URL that names it again', () => {
  for (const name of ['a0.wav', 'own/b1.wav', 'music/Año nuevo!.wav', 'uploads/c2.wav']) {
    const url = urlOf(`/data/prompts/${name}`);
    assert.match(url, /^http_cache:\/\/http:\/\/10\.0\.0\.5:8080\/sounds\/[\w-]{43}\/[\w%./-]+$/);
    assert.equal(fileOf(...split(url)), `/data/prompts/${name}`);
    assert.equal(pathOf(url), `/data/prompts/${name}`);
  }
});

test('what is not in the folder is played as it is', () => {
  for (const path of [
    'tone_stream://%(200,0,440)',
    '/data/recordings/x.wav',
    '/data/prompts2/x.wav',
  ]) {
    assert.equal(urlOf(path), path);
    assert.equal(pathOf(path), path);
  }
});

test('without the token there is nothing, and with it only sounds', () => {
  const [token] = split(urlOf('/data/prompts/a0.wav'));
  for (const wrong of ['', 'x', `${token}x`, token.slice(1), token.toUpperCase(), 'é'.repeat(43)]) {
    assert.equal(fileOf(wrong, 'a0.wav'), undefined);
  }
  for (const name of [
    '../secrets.json',
    'own/../../x.wav',
    'uploads/index.json',
    'a/b/c.wav',
    'own/a\0.wav',
    '.wav',
    '',
    '..\\x.wav',
  ]) {
    assert.equal(fileOf(token, name), undefined, name);
  }
});
