import { hoursChangeAfter, isOpenAt } from '../lib/hours.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { CallId } from '../model/ids.ts';
import { NEVER, UNTIMED } from './deadlines.ts';
import { boundaryOf, DAYS, firstPeriod, type Ledger, MONTHS, periodNow } from './ledger-state.ts';
import type { Agent, Call, Floor, Queue } from './state.ts';

const CALLS_MAX = 1_000;
const PAST_MONTHS_MAX = 12;

/** Most agents have no ledger, and then nothing else is looked at. */
export const isCasual = ({ ledger, config }: Agent): boolean =>
  ledger !== undefined && config.casual !== undefined;

const hasLimits = ({ casual, dailyCallsMax }: AgentConfig): boolean =>
  casual !== undefined || dailyCallsMax !== undefined;

/**
 * Whether the agent's limits and hours leave room for one more call. The open offer counts as spent: asked of
 * whoever is free there is none, and while one is open nobody is asked (rules B1 and B2).
 */
export const mayAfford = (agent: Agent): boolean =>
  agent.ledger === undefined || hasLeft(agent, agent.state.kind === 'offered' ? 1 : 0);

function hasLeft({ config, ledger }: Agent, reserved: number): boolean {
  if (!ledger) return true;
  const { casual, dailyCallsMax } = config;
  if (dailyCallsMax !== undefined && ledger.day.spent + reserved >= dailyCallsMax) return false;
  if (casual === undefined) return true;
  return ledger.isOpen && ledger.month.spent + reserved < casual.monthlyCap;
}

/** Whether limits, hours and the queue's need let the agent have a call of the queue, whatever they are doing. */
export const mayHelp = (agent: Agent, queue: Queue): boolean =>
  agent.ledger === undefined || (mayAfford(agent) && (!isCasual(agent) || queue.gate.open));

/** Whether there is a call of the queue that the agent may yet have: an open offer may come to nothing. */
export const mayHelpYet = (agent: Agent, queue: Queue): boolean =>
  agent.ledger === undefined || (hasLeft(agent, 0) && (!isCasual(agent) || queue.gate.open));

/** The agent answered: the reservation is spent, in the month in which the conversation begins (rule B3). */
export function spend(floor: Floor, { ledger }: Agent, call: Call): void {
  if (!ledger) return;
  ledger.month = { ...ledger.month, spent: ledger.month.spent + 1 };
  ledger.day = { ...ledger.day, spent: ledger.day.spent + 1 };
  const entry = { callId: call.id, queueId: call.queue.id, at: floor.now };
  ledger.calls = [...ledger.calls, entry].slice(-CALLS_MAX);
  tell(floor, ledger, 'spent', call.id);
}

/** Nobody could speak (rule C7): what was spent on the call is given back, unless its month is over. */
export function giveBack(floor: Floor, { ledger }: Agent, { id }: Call): void {
  const index = ledger?.calls.findLastIndex(({ callId }) => callId === id) ?? -1;
  const entry = ledger?.calls[index];
  if (!ledger || !entry) return;
  ledger.calls = ledger.calls.toSpliced(index, 1);
  ledger.month = { ...ledger.month, spent: ledger.month.spent - 1 };
  if (entry.at >= ledger.day.since) {
    ledger.day = { ...ledger.day, spent: ledger.day.spent - 1 };
  }
  tell(floor, ledger, 'givenBack', id);
}

/** Gives an agent with limits their ledger, or the one that they left behind, in the zone and hours they have now. */
export function keepLedger(floor: Floor, agent: Agent, before: AgentConfig | undefined): void {
  const zone = agent.config.zone ?? floor.zone;
  const known = floor.ledgers.get(agent.id);
  const ledger = known ?? (hasLimits(agent.config) ? openLedger(floor, agent, zone) : undefined);
  agent.ledger = ledger;
  if (!ledger) return;
  const sameHours = known && JSON.stringify(before?.casual) === JSON.stringify(agent.config.casual);
  if (ledger.zone === zone && sameHours) return;
  ledger.zone = zone;
  turnHours(floor, agent, ledger);
  turnPeriods(floor, ledger, agent);
}

/** A boundary came: a month, a day, or the agent's own hours begin or end. */
export function fireLedger(floor: Floor, ledger: Ledger, agent: Agent | undefined): void {
  if (ledger.hoursUntil <= floor.now) turnHours(floor, agent, ledger);
  turnPeriods(floor, ledger, agent);
}

/** The month and day that it is; the ledger of somebody without limits goes with its month. */
function turnPeriods(floor: Floor, ledger: Ledger, agent: Agent | undefined): void {
  const { zone, month: last } = ledger;
  ledger.day = periodNow(DAYS, zone, floor.now, ledger.day);
  ledger.month = periodNow(MONTHS, zone, floor.now, last);
  if (ledger.month.label !== last.label) {
    if (!agent || !hasLimits(agent.config)) return forgetLedger(floor, ledger, agent);
    const cap = agent.config.casual?.monthlyCap ?? null;
    const over = { month: last.label, spent: last.spent, cap };
    ledger.past = [...ledger.past, over].slice(-PAST_MONTHS_MAX);
    ledger.calls = [];
    tell(floor, ledger, 'month');
  }
  floor.deadlines.set(ledger, boundaryOf(ledger));
}

function forgetLedger(floor: Floor, ledger: Ledger, agent: Agent | undefined): void {
  floor.deadlines.set(ledger, NEVER);
  floor.ledgers.delete(ledger.agentId);
  if (agent) agent.ledger = undefined;
}

function turnHours(floor: Floor, agent: Agent | undefined, ledger: Ledger): void {
  const hours = agent?.config.casual?.hours;
  const wasOpen = ledger.isOpen;
  ledger.isOpen = hours === undefined || isOpenAt(hours, ledger.zone, floor.now);
  ledger.hoursUntil = (hours && hoursChangeAfter(hours, ledger.zone, floor.now)) ?? NEVER;
  if (ledger.isOpen === wasOpen) return;
  // Whoever signed out by hand stays out until now, whether the clock opened their hours or a configuration (rule A9).
  if (agent && ledger.isOpen) agent.signedOutByHand = false;
  tell(floor, ledger, 'hours');
}

function openLedger(floor: Floor, agent: Agent, zone: string): Ledger {
  const ledger: Ledger = {
    kind: 'ledger',
    agentId: agent.id,
    seq: ++floor.seq,
    zone,
    since: floor.now,
    month: firstPeriod(MONTHS, zone, floor.now),
    day: firstPeriod(DAYS, zone, floor.now),
    calls: [],
    past: [],
    isOpen: true,
    hoursUntil: NEVER,
    timer: UNTIMED,
  };
  floor.ledgers.set(agent.id, ledger);
  return ledger;
}

type Why = 'spent' | 'givenBack' | 'month' | 'hours';

function tell(floor: Floor, ledger: Ledger, why: Why, callId?: CallId): void {
  const { agentId, month, isOpen } = ledger;
  floor.changes.push({
    type: 'ledger.changed',
    agentId,
    why,
    month: month.label,
    spent: month.spent,
    isOpen,
    ...(callId === undefined ? {} : { callId }),
  });
}
