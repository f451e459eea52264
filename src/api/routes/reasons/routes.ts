import type { FastifyPluginAsync } from 'fastify';
import { CodedError, refusal } from '../../../lib/errors.ts';
import { queueId } from '../../../model/ids.ts';
import type { Disposition, Labels, NotReadyReason } from '../../../model/reasons.ts';
import type { KnownToFlows } from '../../../runtime/ports/index.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { withoutNulls } from '../../merge.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { Id, iso } from '../../schemas.ts';
import {
  DispositionAnswer,
  DispositionBody,
  DispositionPage,
  DispositionParams,
  DispositionPatch,
  ReasonAnswer,
  ReasonBody,
  ReasonPage,
  ReasonParams,
  ReasonPatch,
} from './schemas.ts';

const dispositionShapes = {
  params: DispositionParams,
  body: DispositionBody,
  patch: DispositionPatch,
  answer: DispositionAnswer,
  page: DispositionPage,
  filters: { queueId: { ...Id('ventas'), description: 'Those that its calls may get' } },
};
const reasonShapes = {
  params: ReasonParams,
  body: ReasonBody,
  patch: ReasonPatch,
  answer: ReasonAnswer,
  page: ReasonPage,
};

/** What both kinds have in common. */
const common = {
  tag: 'dispositions',
  reads: 'agents:read',
  key: ({ id }: { readonly id: string }) => id,
  keyOf: ({ id }: { readonly id: string }) => id,
} as const;
const about = (noun: string, list: string) =>
  ({
    list,
    make: `Make a ${noun}`,
    read: `Read a ${noun}`,
    change: [`Change a ${noun}`, 'What is not named stays as it is; null takes away (RFC 7396).'],
    remove: [`Remove a ${noun}`, 'What has been said stays in the records.'],
  }) as const;

const dispositions: Kind<Disposition, string, typeof dispositionShapes> = {
  ...common,
  noun: 'disposition',
  path: '/v1/dispositions',
  about: about('disposition', 'List what agents may say about conversations'),
  shapes: dispositionShapes,
  repository: (of) => of.dispositions,
  async make(tx, body) {
    demandQueues(await tx.known(), body.queueIds);
    return tx.dispositions.create(dispositionFrom(body));
  },
  async change(tx, now, patch) {
    const wanted = withoutNulls({ ...now, ...patch });
    demandQueues(await tx.known(), wanted.queueIds);
    return tx.dispositions.replace(dispositionFrom(wanted));
  },
  answers: () => dispositionAnswer,
};

const reasons: Kind<NotReadyReason, string, typeof reasonShapes> = {
  ...common,
  noun: 'reason',
  path: '/v1/not-ready-reasons',
  about: about('reason', 'List why agents may be not ready'),
  shapes: reasonShapes,
  repository: (of) => of.notReadyReasons,
  make: (tx, body) => tx.notReadyReasons.create(reasonFrom(body)),
  change: (tx, now, patch) =>
    tx.notReadyReasons.replace(reasonFrom(withoutNulls({ ...now, ...patch }))),
  answers: () => reasonAnswer,
};

export const dispositionReads: FastifyPluginAsync<ReadContext> = async (app, context) =>
  registerReads(app, context, dispositions);

export const notReadyReasonReads: FastifyPluginAsync<ReadContext> = async (app, context) =>
  registerReads(app, context, reasons);

/** What agents say about conversations. */
export const dispositionRoutes: FastifyPluginAsync<ApiContext> = async (app, context) =>
  registerObjects(app, context, dispositions);

/** Why agents are not ready. */
export const notReadyReasonRoutes: FastifyPluginAsync<ApiContext> = async (app, context) =>
  registerObjects(app, context, reasons);

interface Wanted {
  readonly id: string;
  readonly label: Labels;
  readonly code?: string;
  readonly queueIds?: readonly string[];
}

const reasonFrom = ({ id, label, code }: Wanted): NotReadyReason => ({
  id,
  label,
  ...(code === undefined ? {} : { code }),
});

const dispositionFrom = (wanted: Wanted): Disposition => ({
  ...reasonFrom(wanted),
  ...(wanted.queueIds ? { queueIds: wanted.queueIds.map(queueId) } : {}),
});

/** A queue that is not there would have a disposition that nobody is ever offered. */
function demandQueues({ queueIds }: KnownToFlows, wanted: Wanted['queueIds']): void {
  const missing = wanted?.find((id) => !queueIds.includes(id));
  if (missing === undefined) return;
  const problem = `There is no queue ${missing}.`;
  throw new CodedError(refusal('CONFIGURATION_REFUSED', problem, [problem]));
}

const reasonAnswer = (reason: Stored<NotReadyReason>) => ({
  ...reason,
  updatedAt: iso(reason.updatedAt),
});

const dispositionAnswer = ({ queueIds, ...rest }: Stored<Disposition>) => ({
  ...rest,
  updatedAt: iso(rest.updatedAt),
  ...(queueIds ? { queueIds: [...queueIds] } : {}),
});
