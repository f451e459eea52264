import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { feedDocument } from '../../../src/feed/asyncapi.ts';
import {
  CLIENT_MESSAGES,
  SERVER_MESSAGES,
  TOPIC_SCOPES,
  TOPICS,
} from '../../../src/feed/protocol.ts';

interface Document {
  readonly asyncapi: string;
  readonly channels: { readonly feed: { readonly messages: Readonly<Record<string, unknown>> } };
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly payload: object }>>;
  };
}
// As it goes over the wire.
const document = JSON.parse(JSON.stringify(feedDocument('0.0.0'))) as Document;
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } });

test('the document is AsyncAPI 3 and names every message', () => {
  assert.equal(document.asyncapi, '3.0.0');
  const names = [...Object.keys(CLIENT_MESSAGES), ...Object.keys(SERVER_MESSAGES)];
  assert.deepEqual(Object.keys(document.channels.feed.messages), names);
  assert.deepEqual(Object.keys(document.components.messages), names);
});

test('every $ref in it leads somewhere', () => {
  const text = JSON.stringify(document);
  for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    let at: unknown = document;
    for (const part of pointer.split('/')) at = (at as Record<string, unknown>)[part];
    assert.ok(at, pointer);
  }
});

test('its schemas are JSON Schema 2020-12, and take what the protocol takes', () => {
  const payloadOf = (name: string) =>
    ajv.compile(document.components.messages[name]?.payload as object);
  for (const name of Object.keys(document.components.messages)) payloadOf(name);
  const subscribe = payloadOf('subscribe');
  assert.ok(subscribe({ type: 'subscribe', topics: [...TOPICS], queueIds: ['ventas'] }));
  assert.ok(!subscribe({ type: 'subscribe', topics: ['secrets'] }));
  assert.ok(!subscribe({ type: 'subscribe', topics: [] }));
  assert.ok(payloadOf('pong')({ type: 'pong' }));
});

test('every topic says what it needs', () => {
  assert.deepEqual(Object.keys(TOPIC_SCOPES).sort(), [...TOPICS].sort());
});
