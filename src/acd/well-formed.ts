import { DIAL_FAILURES } from '../model/callback.ts';
import type { Command, OfferFailure, Refused, ReturnCause } from './commands.ts';
import { refuse } from './refusal.ts';
import {
  areLevels,
  fields,
  figure,
  flag,
  isFigure,
  isFlag,
  isRecord,
  isText,
  levels,
  list,
  optional,
  text,
} from './shapes.ts';
import { FIGURES } from './validate.ts';

const names = list(text);
const threshold = fields({ ewtMs: figure, serviceLevel: figure });
const hours = list(fields({ days: names, from: text, to: text }));
const target = (to: unknown): string | undefined =>
  isRecord(to) && isText('queue' in to ? to.queue : to.exit) ? undefined : '';

const ofFigures = (names: readonly string[], shape = figure) =>
  Object.fromEntries(names.map((name) => [name, shape]));

const queue = fields({
  ...ofFigures(FIGURES),
  id: text,
  name: text,
  strategy: text,
  requiredSkills: levels,
  relaxation: list(
    fields({
      afterMs: figure,
      lowerLevels: optional(figure),
      dropSkills: optional(names),
      addGroups: optional(names),
    }),
  ),
  casualIn: threshold,
  casualOut: threshold,
  callbackEnabled: flag,
  // A journal may be older than these.
  callbackFirst: optional(text),
  callbackConfirm: optional(flag),
  keepsWait: optional(flag),
  music: optional(text),
  overflow: list(
    fields({ when: text, to: target, ...ofFigures(['ms', 'over', 'forMs'], optional(figure)) }),
  ),
});

const agent = fields({
  id: text,
  name: text,
  extension: text,
  skills: levels,
  queueIds: names,
  team: optional(text),
  groupIds: optional(names),
  queueRanks: optional(levels),
  zone: optional(text),
  ...ofFigures(['dailyCallsMax', 'notReadyMsMax', 'unreachableSignOutMs'], optional(figure)),
  casual: optional(
    fields({ monthlyCap: figure, hours: optional(hours), alwaysOn: optional(flag) }),
  ),
});

const OFFER_FAILURES = new Set<OfferFailure>(['rejected', 'busy', 'unreachable', 'noAnswer']);
const RETURN_CAUSES = new Set<ReturnCause>(['agentLost', 'media']);

const configuration = fields({ queues: list(queue), agents: list(agent), zone: optional(text) });
const difference = fields({
  queues: list(queue),
  agents: list(agent),
  goneQueueIds: names,
  goneAgentIds: names,
});

/**
 * Why a command is none, or one of its fields of another kind than it should be; undefined: it can be obeyed (rule T5).
 * Types see to that within the house: it is for what comes from a file, or from code without them.
 */
export function malformed(command: Command): Refused | undefined {
  if (!isRecord(command)) return refuse('COMMAND_UNKNOWN', 'There is no command.');
  const fault = faultIn(command);
  if (fault === undefined) return undefined;
  const code = configures(command) ? 'CONFIG_INVALID' : 'COMMAND_UNKNOWN';
  return refuse(code, `Command ${command.type}: ${fault} is malformed.`);
}

/** Whether it says who and what there is. */
export const configures = ({ type }: Command): boolean =>
  type === 'configure' || type === 'reconfigure';

/** It is asked for with every command: by name, not by a list of shapes. */
function faultIn(command: Command): string | undefined {
  switch (command.type) {
    case 'configure':
      return configuration(command);
    case 'reconfigure':
      return difference(command);
    case 'agent.signIn':
    case 'agent.signOut':
    case 'agent.ready':
    case 'agent.wrapUpDone':
      return isText(command.agentId) ? undefined : 'agentId';
    case 'agent.notReady':
      if (!isText(command.agentId)) return 'agentId';
      return isText(command.reason) ? undefined : 'reason';
    case 'agent.reachable':
      if (!isText(command.agentId)) return 'agentId';
      return isFlag(command.reachable) ? undefined : 'reachable';
    case 'call.enqueue':
      return faultInArrival(command);
    case 'call.abandon':
      if (!isText(command.callId)) return 'callId';
      if (!isMark(command.byHouse)) return 'byHouse';
      if (!isMark(command.lineLost)) return 'lineLost';
      return command.since === undefined || isFigure(command.since) ? undefined : 'since';
    case 'call.returned':
      if (!isText(command.callId)) return 'callId';
      return RETURN_CAUSES.has(command.cause) ? undefined : 'cause';
    case 'call.prioritise':
      if (!isText(command.callId)) return 'callId';
      return isFigure(command.priority) ? undefined : 'priority';
    case 'call.held':
    case 'call.retrieved':
    case 'call.ended':
      return isText(command.callId) ? undefined : 'callId';
    case 'call.direct':
      if (!isText(command.callId)) return 'callId';
      if (!isText(command.queueId)) return 'queueId';
      if (!isText(command.agentId)) return 'agentId';
      return isFigure(command.ringMs) ? undefined : 'ringMs';
    case 'offer.pickedUp':
      if (!isText(command.offerId)) return 'offerId';
      return isFigure(command.askMs) ? undefined : 'askMs';
    case 'offer.answered':
      return isText(command.offerId) ? undefined : 'offerId';
    case 'offer.failed':
      if (!isText(command.offerId)) return 'offerId';
      return OFFER_FAILURES.has(command.cause) ? undefined : 'cause';
    case 'callback.request':
      if (!isText(command.callbackId)) return 'callbackId';
      if (!isText(command.callId)) return 'callId';
      if (command.callerKey !== undefined && !isText(command.callerKey)) return 'callerKey';
      return command.at === undefined || isFigure(command.at) ? undefined : 'at';
    case 'callback.schedule':
      if (!isText(command.callbackId)) return 'callbackId';
      if (!isText(command.queueId)) return 'queueId';
      if (!isFigure(command.priority)) return 'priority';
      if (!isFigure(command.at)) return 'at';
      if (!areLevels(command.requiredSkills)) return 'requiredSkills';
      if (!isName(command.preferredAgentId)) return 'preferredAgentId';
      return isText(command.callerKey) ? undefined : 'callerKey';
    case 'callback.cancel':
    case 'callback.reached':
      return isText(command.callbackId) ? undefined : 'callbackId';
    case 'callback.failed':
      if (!isText(command.callbackId)) return 'callbackId';
      if (!DIAL_FAILURES.includes(command.cause)) return 'cause';
      return isMark(command.rang) ? undefined : 'rang';
    default:
      return undefined;
  }
}

function faultInArrival(command: Extract<Command, { type: 'call.enqueue' }>): string | undefined {
  if (!isText(command.callId)) return 'callId';
  if (!isText(command.queueId)) return 'queueId';
  if (!isFigure(command.priority)) return 'priority';
  if (!areLevels(command.requiredSkills)) return 'requiredSkills';
  if (!isName(command.preferredAgentId)) return 'preferredAgentId';
  if (command.callerKey !== undefined && !isText(command.callerKey)) return 'callerKey';
  if (command.since !== undefined && !isFigure(command.since)) return 'since';
  return isMark(command.returns) ? undefined : 'returns';
}

/** Somebody's, or nobody's. */
const isName = (value: unknown): boolean => value === undefined || isText(value);

/** Set, or not there. */
const isMark = (value: unknown): boolean => value === undefined || value === true;
