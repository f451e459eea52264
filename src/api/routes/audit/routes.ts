import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import Type, { type Static } from 'typebox';
import { csvRow } from '../../../lib/csv.ts';
import type { AuditFilter, AuditLog, StoredAuditEntry } from '../../../runtime/ports/access.ts';
import type { ApiContext } from '../../context.ts';
import { valueFrom } from '../../outcomes.ts';
import { iso, responses } from '../../schemas.ts';
import { AuditPage, AuditQuery, ExportQuery } from './schemas.ts';

const tags = ['access'];
const EXPORT_PAGE = 500;
const COLUMNS = [
  'seq',
  'at',
  'actorKind',
  'actorId',
  'actorName',
  'action',
  'objectKind',
  'objectId',
  'before',
  'after',
];

export const auditRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, { store }) => {
  app.get(
    '',
    {
      config: { scope: 'audit:read' },
      schema: {
        tags,
        summary: 'Who changed what, the newest first',
        description: 'Nothing of it can be changed or removed. Secrets are never in it.',
        querystring: AuditQuery,
        response: responses({ 200: AuditPage }),
      },
    },
    async ({ query }) => {
      const { items, ...rest } = valueFrom(await store.audit.list(filterOf(query), query));
      return { ...rest, items: items.map(answer) };
    },
  );

  app.get(
    '/export',
    {
      config: { scope: 'audit:read' },
      schema: {
        tags,
        summary: 'The audit log as a file, however long, the newest first',
        querystring: ExportQuery,
        produces: ['application/jsonl', 'text/csv'],
        response: responses({
          200: {
            description: 'One entry a line',
            content: {
              'application/jsonl': { schema: Type.Unsafe<Readable>({ type: 'string' }) },
              'text/csv': { schema: Type.Unsafe<Readable>({ type: 'string' }) },
            },
          },
        }),
      },
    },
    async ({ query }, reply) => {
      const { format } = query;
      const type = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl';
      void reply.type(type).header('content-disposition', `attachment; filename="audit.${format}"`);
      return reply.send(Readable.from(lines(store.audit, filterOf(query), format)));
    },
  );
};

/** A page at a time, as fast as the reader reads: the log is never in memory as a whole. */
async function* lines(
  log: AuditLog,
  filter: AuditFilter,
  format: 'csv' | 'jsonl',
): AsyncGenerator<string> {
  if (format === 'csv') yield csvRow(COLUMNS);
  let cursor: string | undefined;
  do {
    const page = valueFrom(
      await log.list(filter, { limit: EXPORT_PAGE, ...(cursor === undefined ? {} : { cursor }) }),
    );
    const write = format === 'csv' ? csvOf : jsonOf;
    if (page.items.length > 0) yield page.items.map(write).join('');
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

const jsonOf = (entry: StoredAuditEntry): string => `${JSON.stringify(answer(entry))}\n`;

const csvOf = ({ seq, at, actor, action, object, before, after }: StoredAuditEntry): string =>
  csvRow([
    seq,
    iso(at),
    actor.kind,
    actor.id,
    actor.name,
    action,
    object.kind,
    object.id,
    before,
    after,
  ]);

const answer = ({ at, ...entry }: StoredAuditEntry) => ({ ...entry, at: iso(at) });

const filterOf = ({
  from,
  to,
  actorId,
  action,
  objectKind,
  objectId,
}: Omit<Static<typeof AuditQuery>, 'limit'>) => ({
  ...(from === undefined ? {} : { from: Date.parse(from) }),
  ...(to === undefined ? {} : { to: Date.parse(to) }),
  ...(actorId === undefined ? {} : { actorId }),
  ...(action === undefined ? {} : { action }),
  ...(objectKind === undefined ? {} : { objectKind }),
  ...(objectId === undefined ? {} : { objectId }),
});
