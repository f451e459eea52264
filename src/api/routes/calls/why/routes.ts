import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Static } from 'typebox';
import { CodedError, refusal } from '../../../../lib/errors.ts';
import { never } from '../../../../lib/result.ts';
import type {
  Candidate,
  Candidates,
  Decision,
  Explanation,
  Objection,
  PlaceInOrder,
} from '../../../../model/explanation.ts';
import { type AgentId, callId } from '../../../../model/ids.ts';
import type { ApiContext } from '../../../context.ts';
import { found, valueFrom } from '../../../outcomes.ts';
import { mustBeWithin } from '../../../reach.ts';
import { iso, responses } from '../../../schemas.ts';
import { CallParams } from '../schemas.ts';
import { WhyAnswer, WhyQuery, WhyText } from './schemas.ts';
import { objectionText, sentenceOf, type WriteTime } from './sentences.ts';
import { type Caller, explanationText, timeIn } from './text.ts';

/** A call's window in the house: the journal is read from the one to the other. */
interface Known {
  readonly caller: Caller;
  readonly until?: number;
  readonly agentId?: AgentId | undefined;
}

export const whyRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  app.get(
    '/:id/why',
    {
      config: { scope: 'records:read' },
      schema: {
        tags: ['calls'],
        summary:
          'Every decision about a call: who was looked at, who got it, and why the others did not',
        description:
          'Worked out from the journal, for calls in progress and over. With `Accept: text/plain`, for people to ' +
          'read. 404 EXPLANATION_GONE: the call is older than the journal (JOURNAL_KEEP_HOURS).',
        params: CallParams,
        querystring: WhyQuery,
        produces: ['application/json', 'text/plain'],
        response: responses({
          200: {
            description: 'The decisions in order',
            content: {
              'application/json': { schema: WhyAnswer },
              'text/plain': { schema: WhyText },
            },
          },
        }),
      },
    },
    async ({ params: { id }, query: { zone }, headers, principal }, reply) => {
      const time = timeInKnown(zone);
      const { caller, until, agentId } = await known(context, id);
      mustBeWithin(principal, context.control, { agentId });
      const window = { from: caller.arrivedAt, ...(until === undefined ? {} : { until }) };
      const call = { callId: callId(id), ...window };
      const explanation = valueFrom(await context.explainer.explain(call));
      if (!wantsText(headers.accept))
        return reply.type('application/json').send(answer(explanation, time));
      return reply
        .type('text/plain; charset=utf-8')
        .send(explanationText(caller, explanation, zone));
    },
  );
};

/** The call in progress, or its record. */
async function known({ control, store }: ApiContext, id: string): Promise<Known> {
  const live = control.call(callId(id));
  if (live) {
    const { agentId, arrivedAt } = live;
    return { caller: { ...live.context, arrivedAt }, agentId };
  }
  const { callerName, endedAt, ...cdr } = found(await store.cdrs.get(callId(id)), 'call', id);
  return {
    caller: { ...cdr, ...(callerName ? { name: callerName } : {}) },
    until: endedAt,
    agentId: cdr.agentId,
  };
}

function timeInKnown(zone: string): WriteTime {
  try {
    return timeIn(zone);
  } catch {
    throw new CodedError(refusal('REQUEST_INVALID', `There is no time zone ${zone}.`));
  }
}

const wantsText = (accept: string | undefined): boolean =>
  accept !== undefined && /text\/plain/.test(accept) && !/application\/json/.test(accept);

function answer({ decisions, ...rest }: Explanation, time: WriteTime): Static<typeof WhyAnswer> {
  return { ...rest, decisions: decisions.map((decision) => decisionAnswer(decision, time)) };
}

type DecisionAnswer = Static<typeof WhyAnswer>['decisions'][number];

function decisionAnswer(decision: Decision, time: WriteTime): DecisionAnswer {
  const { at, kind, cause } = decision;
  const common = { at: iso(at), kind, text: sentenceOf(decision, time), cause: { ...cause } };
  switch (decision.kind) {
    case 'waits': {
      const { position, place, candidates } = decision;
      return { ...common, position, ...standing(place), ...looked(candidates, time) };
    }
    case 'offered': {
      const { agentId, offerId, place, candidates } = decision;
      return { ...common, agentId, offerId, ...standing(place), ...looked(candidates, time) };
    }
    case 'otherFirst': {
      const agent = candidateAnswer(decision.agent, time);
      return { ...common, agent, ...standing(decision.place), other: placeAnswer(decision.other) };
    }
    case 'notFor':
      return { ...common, agent: candidateAnswer(decision.agent, time) };
    case 'change':
      return { ...common, type: decision.type, data: { ...decision.data } };
    default:
      return never(decision);
  }
}

const standing = (place: PlaceInOrder) => ({ place: placeAnswer(place) });

const looked = ({ shown, refusedBy, ...rest }: Candidates, time: WriteTime) => ({
  candidates: {
    ...rest,
    refusedBy: { ...refusedBy } as Record<string, number>,
    shown: shown.map((candidate) => candidateAnswer(candidate, time)),
  },
});

const placeAnswer = ({ queuedAt, effectiveStart, ...rest }: PlaceInOrder) => ({
  ...rest,
  queuedAt: iso(queuedAt),
  effectiveStart: iso(effectiveStart),
});

const candidateAnswer = ({ score, objections, ...rest }: Candidate, time: WriteTime) => ({
  ...rest,
  score: { ...score },
  objections: objections.map((objection) => objectionAnswer(objection, time)),
});

function objectionAnswer(objection: Objection, time: WriteTime) {
  const { since, until, ...facts } = { since: undefined, until: undefined, ...objection };
  return {
    ...facts,
    text: objectionText(objection, time),
    ...(since === undefined ? {} : { since: iso(since) }),
    ...(until === undefined ? {} : { until: iso(until) }),
  };
}
