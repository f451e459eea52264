import type { TSchema } from 'typebox';
import {
  CLIENT_MESSAGES,
  CLOSE,
  FEED_PROTOCOL,
  FEED_SUBPROTOCOL,
  SERVER_MESSAGES,
} from './protocol.ts';

export const FEED_PATH = '/v1/feed';

/** The protocol as AsyncAPI 3.0 has it, made from the schemas that clients' messages are checked by. */
export function feedDocument(version: string): object {
  const messages = { ...named(CLIENT_MESSAGES), ...named(SERVER_MESSAGES) };
  const refs = (names: readonly string[]) =>
    names.map((name) => ({ $ref: `#/channels/feed/messages/${name}` }));
  const channel = { $ref: '#/channels/feed' };
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Centralita live feed',
      version: `${FEED_PROTOCOL}.0.0`,
      license: { name: 'MIT' },
      description: `Protocol ${FEED_PROTOCOL} of Centralita ${version}: agents, queues, calls, call backs and messages as a snapshot and numbered changes; figures that tick; an agent's own view. Every message is one JSON text frame. New fields and messages may come without a new number: ignore what you do not know. Close codes: ${Object.entries(
        CLOSE,
      )
        .map(([name, code]) => `${code} ${name}`)
        .join(', ')}.`,
    },
    defaultContentType: 'application/json',
    servers: {
      house: {
        host: 'localhost:8080',
        protocol: 'ws',
        description: 'The HTTP server of the house; `wss` through the proxy that does TLS',
        security: [{ $ref: '#/components/securitySchemes/bearer' }],
      },
    },
    channels: {
      feed: {
        address: FEED_PATH,
        description: `Subprotocol ${FEED_SUBPROTOCOL}, or none. Who asks is said by the headers of the upgrade, or by the first message within five seconds.`,
        messages: Object.fromEntries(
          Object.keys(messages).map((name) => [name, { $ref: `#/components/messages/${name}` }]),
        ),
        bindings: { ws: { method: 'GET', bindingVersion: '0.1.0' } },
      },
    },
    operations: {
      hear: {
        action: 'receive',
        channel,
        summary: 'What a client says',
        messages: refs(Object.keys(CLIENT_MESSAGES)),
      },
      tell: {
        action: 'send',
        channel,
        summary: 'What the house says',
        messages: refs(Object.keys(SERVER_MESSAGES)),
      },
    },
    components: {
      messages,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'An API key, or the token of a session; X-API-Key works, too',
        },
      },
    },
  };
}

const named = (schemas: Readonly<Record<string, TSchema & { readonly description?: string }>>) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      {
        name,
        title: name,
        ...(schema.description === undefined ? {} : { summary: schema.description }),
        payload: schema,
      },
    ]),
  );
