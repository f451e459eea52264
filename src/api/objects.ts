import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import type { Refusal } from '../lib/errors.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Principal, RouteScope } from '../model/access.ts';
import type { ConfigurationRepositories, Repository, Stored } from '../runtime/ports.admin.ts';
import type { ListRequest, Page } from '../runtime/ports.lists.ts';
import type { ApiContext } from './context.ts';
import { changeConfiguration, found, valueFrom } from './outcomes.ts';
import { demandMatch, IfMatch } from './preconditions.ts';
import { ListQuery, NoContent, responses } from './schemas.ts';

// One mechanism for every kind of object of the configuration: list, make, read, change and remove, with pages, filters,
// orders, revisions and preconditions. What tells one kind from another is in its `Kind`.

/** `[summary, description]` */
type About = string | readonly [string, string];

export interface Shapes {
  readonly params: TObject;
  readonly body: TSchema;
  readonly patch: TSchema;
  readonly answer: TSchema;
  readonly page: TSchema;
  /** What a list may be narrowed by, as the repository knows it. */
  readonly filters?: Readonly<Record<string, TSchema>>;
}

type Outcome<Item> = Promise<Result<Stored<Item>, Refusal>>;

export interface Kind<Item extends object, Key extends string, S extends Shapes> {
  /** For people: `queue`. */
  readonly noun: string;
  /** Of the list. */
  readonly path: string;
  readonly tag: string;
  /** Who may look; absent: whoever may see the configuration. */
  readonly reads?: RouteScope;
  readonly about: Readonly<Record<'list' | 'make' | 'read' | 'change' | 'remove', About>>;
  readonly shapes: S;
  key(params: Static<S['params']>): Key;
  keyOf(item: Item): Key;
  repository(of: ConfigurationRepositories): Pick<Repository<Item, Key>, 'list' | 'get' | 'remove'>;
  make(tx: ConfigurationRepositories, body: Static<S['body']>): Outcome<Item>;
  /** What is not named stays as it is, null takes away (RFC 7396). */
  change(
    tx: ConfigurationRepositories,
    now: Stored<Item>,
    patch: Static<S['patch']>,
  ): Outcome<Item>;
  /** For one answer, what is the same for all of its items is asked once. */
  answers(context: ApiContext, principal: Principal): (item: Stored<Item>) => Static<S['answer']>;
  /** FORBIDDEN, for kinds that not everybody may see the whole of. */
  demandSight?(context: ApiContext, principal: Principal, key: Key): void;
  /** The same for lists. */
  list?(
    context: ApiContext,
    principal: Principal,
    request: ListRequest,
  ): Promise<Result<Page<Stored<Item>>, Refusal>>;
}

const summarised = (about: About) =>
  typeof about === 'string' ? { summary: about } : { summary: about[0], description: about[1] };

/** The five routes of a kind of object. */
export function registerObjects<Item extends object, Key extends string, S extends Shapes>(
  app: FastifyInstance,
  context: ApiContext,
  kind: Kind<Item, Key, S>,
): void {
  const { about, noun, path, shapes, reads = 'configuration:read' } = kind;
  const { params, filters = {} } = shapes;
  const tags = [kind.tag];
  const stored = kind.repository(context.store.configuration);
  const keyIn = ({ params: given }: FastifyRequest) => kind.key(given as Static<S['params']>);
  const write = { config: { scope: 'configuration:write' } } as const;
  const read = { config: { scope: reads } } as const;

  app.get(
    '',
    {
      ...read,
      schema: {
        tags,
        ...summarised(about.list),
        querystring: Type.Object(
          { ...ListQuery, ...Type.Partial(Type.Object(filters)).properties },
          { additionalProperties: false },
        ),
        response: responses({ 200: shapes.page }),
      },
    },
    async ({ query, principal }) => {
      const request = listRequest(query as Asked, Object.keys(filters));
      const listing = kind.list?.(context, principal, request) ?? stored.list(request);
      const { items, ...rest } = valueFrom(await listing);
      return { ...rest, items: items.map(kind.answers(context, principal)) };
    },
  );

  app.post(
    '',
    {
      ...write,
      schema: {
        tags,
        ...summarised(about.make),
        body: shapes.body,
        response: responses({ 201: shapes.answer }),
      },
    },
    async ({ body, principal }, reply) => {
      const made = await changeConfiguration(context, (tx) => kind.make(tx, body as never));
      return reply
        .code(201)
        .header('location', `${path}/${encodeURIComponent(kind.keyOf(made))}`)
        .send(kind.answers(context, principal)(made));
    },
  );

  app.get(
    `/:${keyName(params)}`,
    {
      ...read,
      schema: {
        tags,
        ...summarised(about.read),
        params,
        response: responses({ 200: shapes.answer }),
      },
    },
    async (request) => {
      const key = keyIn(request);
      kind.demandSight?.(context, request.principal, key);
      return kind.answers(context, request.principal)(found(await stored.get(key), noun, key));
    },
  );

  app.patch(
    `/:${keyName(params)}`,
    {
      ...write,
      schema: {
        tags,
        ...summarised(about.change),
        params,
        headers: IfMatch,
        body: shapes.patch,
        response: responses({ 200: shapes.answer }),
      },
    },
    async (request) => {
      const changed = await changeConfiguration(context, async (tx) => {
        const now = await seen(tx, request);
        return kind.change(tx, now, request.body as never);
      });
      return kind.answers(context, request.principal)(changed);
    },
  );

  app.delete(
    `/:${keyName(params)}`,
    {
      ...write,
      schema: {
        tags,
        ...summarised(about.remove),
        params,
        headers: IfMatch,
        response: responses({ 204: NoContent }),
      },
    },
    async (request, reply) => {
      await changeConfiguration(context, async (tx) => {
        const removed = await kind.repository(tx).remove(kind.keyOf(await seen(tx, request)));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );

  /** As it is now, if that is what whoever asks has seen. Changes are made one after the other. */
  async function seen(tx: ConfigurationRepositories, request: FastifyRequest) {
    const key = keyIn(request);
    const now = found(await kind.repository(tx).get(key), noun, key);
    demandMatch(request.headers['if-match'], now.revision);
    return now;
  }
}

const keyName = (params: TObject): string => Object.keys(params.properties)[0] ?? 'id';

type Asked = ListRequest & Readonly<Record<string, string | undefined>>;

function listRequest(asked: Asked, filters: readonly string[]): ListRequest {
  const { limit, cursor, sort, q } = asked;
  const where = filters.flatMap((name) =>
    asked[name] === undefined ? [] : [[name, String(asked[name])]],
  );
  return {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(sort === undefined ? {} : { sort }),
    ...(q === undefined ? {} : { q }),
    ...(where.length > 0 ? { where: Object.fromEntries(where) } : {}),
  };
}
