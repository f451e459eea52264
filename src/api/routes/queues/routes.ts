import type { FastifyPluginAsync } from 'fastify';
import { reaches, reachesAll } from '../../../model/access.ts';
import { type QueueId, queueId } from '../../../model/ids.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../../../model/queue.ts';
import type { QueueView } from '../../../runtime/ports/index.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { madeOnce } from '../../made-once.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { IdParams, iso, Text } from '../../schemas.ts';
import { QueueAnswer, QueueBody, QueuePage, QueuePatch } from './schemas.ts';

const shapes = {
  params: IdParams('ventas'),
  body: QueueBody,
  patch: QueuePatch,
  answer: QueueAnswer,
  page: QueuePage,
  filters: { skill: { ...Text(64, 'ventas'), description: 'That its calls need' } },
};

const queues: Kind<QueueConfig, QueueId, typeof shapes> = {
  noun: 'queue',
  path: '/v1/queues',
  tag: 'queues',
  about: {
    list: 'List queues, with what is going on in them',
    make: 'Make a queue',
    read: 'Read a queue, with what is going on in it',
    change: [
      'Change a queue',
      'What is not named stays as it is (RFC 7396). Calls that wait keep their places.',
    ],
    remove: 'Remove a queue that has no agents and is in no flow',
  },
  shapes,
  key: ({ id }) => queueId(id),
  keyOf: ({ id }) => id,
  repository: (of) => of.queues,
  make: (tx, body) => tx.queues.create({ ...QUEUE_DEFAULTS, ...body, id: queueId(body.id) }),
  change: (tx, now, patch) => tx.queues.replace({ ...now, ...patch }),
  answers({ control }, principal) {
    if (reachesAll(principal)) return (queue) => answer(queue, control.queue(queue.id));
    // As on the feed: what goes on in a queue is for those who may see somebody who serves it.
    const theirs = new Set(
      control.agents
        .filter((agent) => reaches(principal, agent))
        .flatMap(({ queueIds = [] }) => queueIds),
    );
    return (queue) => answer(queue, theirs.has(queue.id) ? control.queue(queue.id) : undefined);
  },
};

export const queueReads: FastifyPluginAsync<ReadContext> = async (app, context) =>
  registerReads(app, context, queues);

export const queueRoutes: FastifyPluginAsync<ApiContext> = async (app, context) =>
  registerObjects(app, context, queues);

const answer = madeOnce((queue: Stored<QueueConfig>, view: QueueView | undefined) => ({
  ...queue,
  updatedAt: iso(queue.updatedAt),
  ...(view ? { live: liveOf(view) } : {}),
}));

const liveOf = ({ oldestSince, next, ...counts }: QueueView) => ({
  ...counts,
  next: [...next],
  ...(oldestSince === undefined ? {} : { oldestSince: iso(oldestSince) }),
});
