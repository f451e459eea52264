import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static, type TObject, type TSchema } from 'typebox';
import type { Refusal } from '../lib/errors.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Principal, RouteScope } from '../model/access.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { ListRequest, Page, Repository, Stored } from '../runtime/ports/lists.ts';
import type { ApiContext, ReadContext } from './context.ts';
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

export interface Kind<
  Item extends object,
  Key extends string,
  S extends Shapes,
  /** What it takes to answer; less than everything, and a thread of reads can. */
  Context extends ReadContext = ReadContext,
> {
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
  answers(context: Context, principal: Principal): (item: Stored<Item>) => Static<S['answer']>;
  /** FORBIDDEN, for kinds of which not everybody may change each: what it is, and what it becomes. */
  demandReach?(principal: Principal, item: Item): void;
  /** The same for those that not everybody may see the whole of. */
  demandSight?(context: Context, principal: Principal, key: Key): void;
  /** The same for lists. */
  list?(
    context: Context,
    principal: Principal,
    request: ListRequest,
  ): Promise<Result<Page<Stored<Item>>, Refusal>>;
}

/** The five routes of a kind of object. */
export function registerObjects<Item extends object, Key extends string, S extends Shapes>(
  app: FastifyInstance,
  context: ApiContext,
  kind: Kind<Item, Key, S, ApiContext>,
): void {
  registerReads(app, context, kind);
  registerMake(app, context, kind);
  registerChange(app, context, kind);
  registerRemove(app, context, kind);
}

/** Those of them that only look. */
export const registerReads: RegisterReads = (app, context, kind) => {
  registerList(app, context, kind);
  registerRead(app, context, kind);
};

type Register = <Item extends object, Key extends string, S extends Shapes>(
  app: FastifyInstance,
  context: ApiContext,
  kind: Kind<Item, Key, S, ApiContext>,
) => void;

type RegisterReads = <
  Item extends object,
  Key extends string,
  S extends Shapes,
  Context extends ReadContext,
>(
  app: FastifyInstance,
  context: Context,
  kind: Kind<Item, Key, S, Context>,
) => void;

const WRITE = { scope: 'configuration:write' } as const;

const registerList: RegisterReads = (app, context, kind) => {
  const { filters = {}, page } = kind.shapes;
  const querystring = Type.Object(
    { ...ListQuery, ...Type.Partial(Type.Object(filters)).properties },
    { additionalProperties: false },
  );
  app.get(
    '',
    {
      config: { scope: kind.reads ?? 'configuration:read' },
      schema: { ...about(kind, 'list'), querystring, response: responses({ 200: page }) },
    },
    async ({ query, principal }) => {
      const request = listRequest(query as Asked, Object.keys(filters));
      const listing =
        kind.list?.(context, principal, request) ??
        kind.repository(context.store.configuration).list(request);
      const { items, ...rest } = valueFrom(await listing);
      return { ...rest, items: items.map(kind.answers(context, principal)) };
    },
  );
};

const registerMake: Register = (app, context, kind) => {
  const { body, answer } = kind.shapes;
  const response = responses({ 201: answer });
  app.post(
    '',
    { config: WRITE, schema: { ...about(kind, 'make'), body, response } },
    async (request, reply) => {
      const wanted = request.body as never;
      const made = await changeConfiguration(context, async (tx) =>
        within(kind, request, await kind.make(tx, wanted)),
      );
      return reply
        .code(201)
        .header('location', `${kind.path}/${encodeURIComponent(kind.keyOf(made))}`)
        .send(kind.answers(context, request.principal)(made));
    },
  );
};

const registerRead: RegisterReads = (app, context, kind) => {
  const { params, answer } = kind.shapes;
  app.get(
    pathOf(kind),
    {
      config: { scope: kind.reads ?? 'configuration:read' },
      schema: { ...about(kind, 'read'), params, response: responses({ 200: answer }) },
    },
    async (request) => {
      const key = keyIn(kind, request);
      kind.demandSight?.(context, request.principal, key);
      const stored = await kind.repository(context.store.configuration).get(key);
      return kind.answers(context, request.principal)(found(stored, kind.noun, key));
    },
  );
};

const registerChange: Register = (app, context, kind) => {
  const { params, patch: body, answer } = kind.shapes;
  const response = responses({ 200: answer });
  app.patch(
    pathOf(kind),
    {
      config: WRITE,
      schema: { ...about(kind, 'change'), params, headers: IfMatch, body, response },
    },
    async (request) => {
      const changed = await changeConfiguration(context, async (tx) => {
        const now = await seen(tx, kind, request);
        return within(kind, request, await kind.change(tx, now, request.body as never));
      });
      return kind.answers(context, request.principal)(changed);
    },
  );
};

const registerRemove: Register = (app, context, kind) => {
  const { params } = kind.shapes;
  const response = responses({ 204: NoContent });
  app.delete(
    pathOf(kind),
    { config: WRITE, schema: { ...about(kind, 'remove'), params, headers: IfMatch, response } },
    async (request, reply) => {
      await changeConfiguration(context, async (tx) => {
        const now = await seen(tx, kind, request);
        const removed = await kind.repository(tx).remove(kind.keyOf(now));
        return removed.ok ? ok(null) : removed;
      });
      return reply.code(204).send(null);
    },
  );
};

/** As it is now, if that is what whoever asks has seen. Changes are made one after the other. */
async function seen<Item extends object, Key extends string, S extends Shapes>(
  tx: ConfigurationRepositories,
  kind: Kind<Item, Key, S>,
  request: FastifyRequest,
): Promise<Stored<Item>> {
  const key = keyIn(kind, request);
  const now = found(await kind.repository(tx).get(key), kind.noun, key);
  kind.demandReach?.(request.principal, now);
  demandMatch(request.headers['if-match'], now.revision);
  return now;
}

/** What has become of it, if it is theirs to change still. */
function within<Item extends object, Key extends string, S extends Shapes>(
  kind: Kind<Item, Key, S>,
  { principal }: FastifyRequest,
  outcome: Awaited<Outcome<Item>>,
): Awaited<Outcome<Item>> {
  if (outcome.ok) kind.demandReach?.(principal, outcome.value);
  return outcome;
}

type Named = Pick<Kind<object, string, Shapes>, 'about' | 'tag' | 'shapes'>;

function about(kind: Pick<Named, 'about' | 'tag'>, what: keyof Named['about']) {
  const said = kind.about[what];
  const [summary, description] = typeof said === 'string' ? [said] : said;
  return { tags: [kind.tag], summary, ...(description ? { description } : {}) };
}

const keyIn = <Item extends object, Key extends string, S extends Shapes>(
  kind: Kind<Item, Key, S>,
  { params }: FastifyRequest,
): Key => kind.key(params as Static<S['params']>);

/** `/:id`, or whatever the key is called. */
const pathOf = ({ shapes }: Pick<Named, 'shapes'>): string =>
  `/:${Object.keys(shapes.params.properties)[0]}`;

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
