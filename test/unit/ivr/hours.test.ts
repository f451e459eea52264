import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Moment } from '../../../src/ivr/flow.ts';
import type { CalendarConfig } from '../../../src/model/calendar.ts';
import { calendarId } from '../../../src/model/ids.ts';
import { calendarOf } from '../model/calendars.ts';
import {
  deeds,
  digit,
  flowOf,
  played,
  problemsOf,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  texts,
} from './flows.ts';

const rooms = {
  abierto: { type: 'hangup', prompts: [say('Abierto')] },
  cerrado: { type: 'hangup', prompts: [say('Cerrado {variables.opensAt}')] },
  festivo: { type: 'hangup', prompts: [say('Festivo {variables.hoursReason}')] },
  emergencia: { type: 'hangup', prompts: [say('Emergencia')] },
};
const asks = { type: 'hours', calendar: 'tienda', open: 'abierto', closed: 'cerrado' };
const full = flowOf({
  horario: { ...asks, holiday: 'festivo', emergency: 'emergencia' },
  ...rooms,
});
const { festivo: _f, emergencia: _e, ...two } = rooms;
const plain = flowOf({ horario: asks, ...two });

const moment = (now: string, own: Partial<CalendarConfig> = {}): Moment => ({
  now: Date.parse(now),
  world: { calendars: new Map([[calendarId('tienda'), calendarOf(own)]]), zone: 'Europe/Madrid' },
});
const closure = { reason: 'Fuga', since: 0, by: '1007' };
const holidays = [{ name: 'Navidad', yearly: '12-25' }];

describe('hours', () => {
  it('goes by the state of the calendar, and tells when it opens next', () => {
    const open = startFlow(full, STRANGER, moment('2026-11-20T10:00:00Z'));
    assert.deepEqual(texts(open), ['Abierto']);
    assert.deepEqual(open.state.context.variables, { hours: 'open' });
    const evening = startFlow(full, STRANGER, moment('2026-11-20T19:00:00Z'));
    assert.deepEqual(texts(evening), ['Cerrado 2026-11-21T10:00']);
    assert.equal(evening.state.context.variables.opensIn, '1');
    const christmas = startFlow(full, STRANGER, moment('2026-12-25T10:00:00Z', { holidays }));
    assert.deepEqual(texts(christmas), ['Festivo Navidad']);
    const emergency = startFlow(full, STRANGER, moment('2026-11-20T10:00:00Z', { closure }));
    assert.deepEqual(texts(emergency), ['Emergencia']);
    assert.equal(emergency.state.context.variables.hoursReason, 'Fuga');
  });

  it('a holiday and an emergency without a way of their own are closed', () => {
    for (const own of [{ holidays, now: '2026-12-25T10:00:00Z' }, { closure }]) {
      const { now = '2026-11-20T10:00:00Z', ...calendar } = { now: undefined, ...own };
      assert.match(texts(startFlow(plain, STRANGER, moment(now, calendar)))[0] ?? '', /^Cerrado/);
    }
  });

  it("says a closure's own message on the way out, unless the caller presses a key", () => {
    const now = moment('2026-11-20T10:00:00Z', {
      closure: { ...closure, message: { es: 'Hay una fuga.', en: 'There is a leak.' } },
    });
    const saying = startFlow(full, STRANGER, now);
    assert.deepEqual(texts(saying), ['Hay una fuga.']);
    assert.deepEqual(texts(stepFlow(full, saying.state, played, now)), ['Emergencia']);
    const pressed = stepFlow(full, saying.state, digit('1'), now);
    assert.deepEqual(deeds(pressed), ['stop', 'play']);
    const english = startFlow(full, { ...STRANGER, language: 'en' }, now);
    assert.deepEqual(texts(english), ['There is a leak.']);
  });

  it('asks the calendar of the number when it names none; a number without one is open', () => {
    const { calendar: _, ...number } = asks;
    const flow = flowOf({ horario: number, ...two });
    const night = moment('2026-11-20T23:00:00Z');
    const shop = { ...STRANGER, calendarId: calendarId('tienda') };
    assert.match(texts(startFlow(flow, shop, night))[0] ?? '', /^Cerrado/);
    assert.deepEqual(texts(startFlow(flow, STRANGER, night)), ['Abierto']);
    const gone = { ...night, world: { calendars: new Map(), zone: 'Europe/Madrid' } };
    assert.deepEqual(texts(startFlow(flow, shop, gone)), ['Abierto']);
  });

  it('is checked: the calendar must be there, and so must the ways', () => {
    const nodes = { horario: { ...asks, calendar: 'otra', holiday: 'no-hay' }, ...two };
    assert.deepEqual(problemsOf(nodes), [
      'nodes.horario.holiday: there is no node no-hay',
      'nodes.horario.calendar: there is no calendar otra',
    ]);
  });
});
