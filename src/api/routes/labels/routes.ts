import type { FastifyPluginAsync } from 'fastify';
import { LABEL_KINDS, type LabelKind } from '../../../model/label.ts';
import type { Stored } from '../../../runtime/ports/lists.ts';
import type { UsedLabel } from '../../../runtime/ports/objects.ts';
import type { ApiContext, ReadContext } from '../../context.ts';
import { withoutNulls } from '../../merge.ts';
import { type Kind, registerObjects, registerReads } from '../../objects.ts';
import { iso } from '../../schemas.ts';
import { LabelAnswer, LabelBody, LabelPage, LabelParams, LabelPatch } from './schemas.ts';

const shapes = {
  params: LabelParams,
  body: LabelBody,
  patch: LabelPatch,
  answer: LabelAnswer,
  page: LabelPage,
};

const TEXTS: Readonly<Record<LabelKind, string>> = {
  teams: 'whose supervisors see and steer their agents',
  skills: 'that agents have and calls need',
  groups: 'to which the calls of a queue may be widened',
};

function kindOf(kind: LabelKind): Kind<UsedLabel, string, typeof shapes> {
  const noun = kind.slice(0, -1);
  return {
    noun,
    path: `/v1/${kind}`,
    tag: kind,
    about: {
      list: `List the ${kind} ${TEXTS[kind]}`,
      make: [`Make a ${noun}`, `Whatever names a ${noun} makes it, too, by its id.`],
      read: `Read a ${noun}, and how many name it`,
      change: [`Change what a ${noun} is called`, 'Its id stays: agents and queues name it.'],
      remove: `Remove a ${noun} that nobody names`,
    },
    shapes,
    key: ({ id }) => id,
    keyOf: ({ id }) => id,
    repository: (of) => of[kind],
    make: (tx, body) => tx[kind].create(body),
    change: (tx, now, patch) => tx[kind].replace(withoutNulls({ ...now, ...patch })),
    answers: () => answer,
  };
}

export const labelReads: FastifyPluginAsync<ReadContext> = async (app, context) => {
  for (const kind of LABEL_KINDS)
    await app.register(async (own) => registerReads(own, context, kindOf(kind)), {
      prefix: `/${kind}`,
    });
};

/** Teams, skills and groups. */
export const labelRoutes: FastifyPluginAsync<ApiContext> = async (app, context) => {
  for (const kind of LABEL_KINDS)
    await app.register(async (own) => registerObjects(own, context, kindOf(kind)), {
      prefix: `/${kind}`,
    });
};

const answer = (label: Stored<UsedLabel>) => ({ ...label, updatedAt: iso(label.updatedAt) });
