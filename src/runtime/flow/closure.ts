import type { FlowEffect, FlowEvent } from '../../ivr/vocabulary.ts';
import type { EpochMs } from '../../lib/clock.ts';
import { Hidden } from '../../lib/hidden.ts';
import type { Closure } from '../../model/calendar.ts';
import { closureAt } from '../../model/opening.ts';
import type { CallSession } from '../call-session.ts';
import type { World } from '../world.ts';

type Order = Extract<FlowEffect, { type: 'closure' }>;
type Answered = Extract<FlowEvent, { type: 'closureAnswered' }>;

/** Closes and opens calendars for whoever has typed the PIN; wrong ones are limited. */
export class FlowClosures {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** Never rejects. */
  async answer(session: CallSession, order: Order): Promise<Answered> {
    let result: Answered['result'];
    try {
      result = await this.#obey(session, order);
    } catch (error) {
      const { calendarId } = order;
      const facts = { callId: session.id, calendarId, error: String(error) };
      this.#world.log.error(facts, 'A calendar could not be closed');
      result = 'failed';
    }
    return { type: 'closureAnswered', id: order.id, result };
  }

  async #obey(session: CallSession, order: Order): Promise<Answered['result']> {
    const { calendarId, pin } = order;
    const { attempts, calendars } = this.#world;
    // Callers from outside share one count: a calling number is easily forged, a registration is not.
    const who = `calendar ${calendarId} ${session.inbound.fromExtension ?? 'outside'}`;
    if (!(await attempts.take(who))) return 'locked';
    if (!(await calendars.verifyPin(calendarId, Hidden.reveal(pin, '')))) return 'refused';
    await attempts.clear(who);
    if (order.do === 'check') return this.#state(order);
    return this.#change(session, order);
  }

  async #change(session: CallSession, order: Exclude<Order, { do: 'check' }>) {
    const { clock, calendars, history, log } = this.#world;
    const { calendarId } = order;
    const by = session.inbound.fromExtension ?? session.context.ani ?? 'anonymous';
    const closure = order.do === 'close' ? closureOf(order, by, clock.now()) : undefined;
    const done = await calendars.setClosure(calendarId, closure);
    if (!done.ok) {
      const facts = { callId: session.id, calendarId, code: done.error.code };
      log.error(facts, 'A calendar could not be closed');
      return 'failed';
    }
    history.record(session, closure ? 'calendar.closed' : 'calendar.opened', { calendarId });
    return closure ? 'closed' : 'open';
  }

  #state({ calendarId }: Order): 'open' | 'closed' {
    const calendar = this.#world.directory?.world.calendars.get(calendarId);
    return calendar && closureAt(calendar, this.#world.clock.now()) ? 'closed' : 'open';
  }
}

function closureOf(
  { reason, until }: Extract<Order, { do: 'close' }>,
  by: string,
  since: EpochMs,
): Closure {
  return { reason, since, by, ...(until === undefined ? {} : { until }) };
}
