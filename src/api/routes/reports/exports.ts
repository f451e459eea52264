import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import Type from 'typebox';
import type { ExportName, ExportQuery as Query } from '../../../runtime/ports/reports.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { responses } from '../../schemas.ts';
import { forEverybody, rangeOf } from './asked.ts';
import { ExportParams, ExportQuery } from './schemas.ts';
import { partsOf } from './sending.ts';

type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const TYPES = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const;

/** Records at any size: one stream, or parts that follow one another by cursor. */
export function registerExports(app: App, { exports, zone }: ApiContext): void {
  const part = async (name: ExportName, query: Query) => {
    const { text, cursor } = valueFrom(await exports.batch(name, query));
    return { text, ...(cursor === undefined ? {} : { next: cursor }) };
  };

  app.get(
    '/exports/:name',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['reports'],
        summary: 'Every record of a time, in its order: CDRs, events of calls, states of agents',
        description:
          'As one stream, as large as it may be, or in parts: `parts=1` sends 2,000 rows and says in `x-next-cursor` where the next begins. Calls are exported by when they arrived.',
        params: ExportParams,
        querystring: ExportQuery,
        response: responses({
          200: {
            description: 'One record a line',
            content: {
              'application/x-ndjson': { schema: Type.Unsafe<never>({ type: 'string' }) },
              'text/csv': { schema: Type.Unsafe<never>({ type: 'string' }) },
            },
          },
        }),
      },
    },
    async ({ params: { name }, query: { format, cursor, parts, ...asked }, principal }, reply) => {
      forEverybody(principal);
      const { from, to } = rangeOf(asked, zone);
      const query = { from, to, format };
      const first = await part(name, { ...query, ...(cursor === undefined ? {} : { cursor }) });
      const header = format === 'csv' && cursor === undefined ? exports.header(name) : '';
      const headed = { ...first, text: header + first.text };
      void reply
        .header('content-disposition', `attachment; filename="${name}.${format}"`)
        .type(TYPES[format]);
      const more = (next: string) => part(name, { ...query, cursor: next });
      const sent = reply as FastifyReply;
      if (parts === undefined) return sent.send(partsOf(headed, more)) as never;
      const some = await together(headed, parts, more);
      if (some.next !== undefined) void reply.header('x-next-cursor', some.next);
      return sent.send(Buffer.from(some.text)) as never;
    },
  );
}

interface Part {
  readonly text: string;
  readonly next?: string;
}

async function together(
  first: Part,
  parts: number,
  more: (next: string) => Promise<Part>,
): Promise<Part> {
  const texts = [first.text];
  let last = first;
  for (let n = 1; n < parts && last.next !== undefined; n++) {
    last = await more(last.next);
    texts.push(last.text);
  }
  return { ...last, text: texts.join('') };
}
