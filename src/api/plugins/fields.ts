import type { FastifyInstance, RouteOptions } from 'fastify';
import { CodedError, refusal } from '../../lib/errors.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the items of the list that the route answers with: what `fields` may name. */
    itemFields?: readonly string[];
  }
}

/** As far as a route's schemas are looked into. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
}

/** `fields=id,name`: of each item of a list, only what somebody wants. REQUEST_INVALID for what no item has. */
export function registerFields(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const itemFields = itemFieldsOf(route);
    if (itemFields) route.config = { ...route.config, itemFields };
  });
  app.addHook('preHandler', async ({ query, routeOptions }) => {
    const known = routeOptions.config.itemFields;
    const unknown = known && wantedIn(query)?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new CodedError(
        refusal(
          'REQUEST_INVALID',
          `querystring/fields: ${unknown} is none of ${known?.join(', ')}`,
        ),
      );
  });
  app.addHook('preSerialization', async ({ query, routeOptions }, _reply, payload) => {
    const wanted = routeOptions.config.itemFields && wantedIn(query);
    const { items } = Object(payload) as {
      readonly items?: readonly Readonly<Record<string, unknown>>[];
    };
    if (!wanted || !items) return payload;
    const pick = (item: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(wanted.map((name) => [name, item[name]]));
    return { ...(payload as object), items: items.map(pick) };
  });
}

const wantedIn = (query: unknown): readonly string[] | undefined =>
  (query as { readonly fields?: string }).fields?.split(',');

function itemFieldsOf({ schema }: RouteOptions): readonly string[] | undefined {
  const query = schema?.querystring as Shape | undefined;
  const page = (schema?.response as Readonly<Record<string, Shape>> | undefined)?.[200];
  const item = page?.properties?.items?.items;
  return query?.properties?.fields && item?.properties && Object.keys(item.properties);
}
