import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
import { parse } from 'yaml';
import { parseFlow } from '../../../src/ivr/flow.ts';
import { refusal } from '../../../src/lib/errors.ts';
import { err, ok, type Result } from '../../../src/lib/result.ts';
import type { CalendarConfig, Closure } from '../../../src/model/calendar.ts';
import { calendarId } from '../../../src/model/ids.ts';
import { FakeCallerLeg, inbound } from '../../support/fake-telephony.ts';
import { settled, TestFloor } from '../../support/floor.ts';

const FLOW = new URL('../../../config/flows/closure.yaml', import.meta.url);
const PIN = '740219';
const SHOP = calendarId('tienda-coyoacan');

/** A house whose shop can be closed by phone 1007; what is set takes effect as it does with the store. */
class Shop {
  floor: TestFloor;
  tries = 0;
  broken = false;
  #calls = 0;

  private constructor() {
    const flow = parseFlow(parse(readFileSync(FLOW, 'utf8')), { queueIds: [], calendarIds: [] });
    if (!flow.ok) throw new Error(flow.error.join('\n'));
    this.floor = new TestFloor(undefined, {
      featureFlows: new Map([['*75', flow.value]]),
      attempts: {
        take: async () => {
          this.tries += 1;
          return this.tries <= 3;
        },
        clear: async () => {
          this.tries = 0;
        },
      },
      calendars: {
        verifyPin: async (id, pin) => id === SHOP && pin === PIN,
        setClosure: (_id, closure) => this.#set(closure),
      },
    });
  }

  static async open(): Promise<Shop> {
    const shop = new Shop();
    assert.deepEqual(await shop.floor.center.reload(), []);
    return shop;
  }

  get closure(): Closure | undefined {
    return this.floor.configuration.calendars.find(({ id }) => id === SHOP)?.closure;
  }

  async #set(closure: Closure | undefined): Promise<Result<unknown, never>> {
    if (this.broken) return err(refusal('DATABASE_AWAY', 'away')) as never;
    const calendars = this.floor.configuration.calendars.map(
      ({ closure: _, ...calendar }): CalendarConfig =>
        closure && calendar.id === SHOP ? { ...calendar, closure } : calendar,
    );
    this.floor.configuration = { ...this.floor.configuration, calendars };
    await this.floor.center.reload();
    return ok(undefined);
  }

  /** A phone of ours, or a stranger, dials; what is pressed meanwhile is typed ahead. */
  async dial(fromExtension: string | undefined, keys: string): Promise<FakeCallerLeg | undefined> {
    this.#calls += 1;
    const call = {
      ...inbound(`c${this.#calls}`, undefined, '*75'),
      ...(fromExtension ? { fromExtension } : {}),
    };
    if (!this.floor.center.arrived(call).accept) return undefined;
    const leg = new FakeCallerLeg(call.callId);
    this.floor.center.answered(leg);
    await settled();
    for (const key of keys) {
      this.floor.center.digit(call.callId, key);
      for (let turns = 0; turns < 10; turns++) await settled();
    }
    return leg;
  }
}

it('the shop closes by *75, PIN and one key, and opens again; the history keeps no digits', async () => {
  const shop = await Shop.open();
  const closing = await shop.dial('1007', `${PIN}#1`);
  assert.match(closing?.played.at(-1) ?? '', /hasta medianoche/);
  assert.equal(shop.closure?.by, '1007');
  assert.equal(
    new Date(shop.closure?.until ?? 0).toISOString(),
    '1970-01-01T06:00:00.000Z',
    "the end of the shop's day",
  );
  const opening = await shop.dial('1007', `${PIN}#1`);
  assert.ok(opening?.played.some((said) => /^Está cerrada por emergencia/.test(said)));
  assert.equal(shop.closure, undefined);
  await shop.dial('1007', `${PIN}#2`);
  const { until, reason } = shop.closure ?? {};
  assert.deepEqual([until, reason], [undefined, 'phone']);
  const types = shop.floor.events.map(({ type }) => type);
  assert.equal(types.filter((type) => type === 'calendar.closed').length, 2);
  assert.equal(types.filter((type) => type === 'calendar.opened').length, 1);
  const kept = JSON.stringify([shop.floor.events, shop.floor.cdrs, [...shop.floor.kept]]);
  assert.ok(!kept.includes(PIN));
});

it('a wrong PIN may be tried again, but not for ever', async () => {
  const shop = await Shop.open();
  const leg = await shop.dial('1007', '000000#111111#222222#333333#');
  const said = leg?.played.join('\n') ?? '';
  assert.match(said, /no es correcto/);
  assert.match(said, /Demasiados intentos/);
  assert.match((await shop.dial('1007', `${PIN}#1`))?.played.join('\n') ?? '', /Demasiados/);
  assert.equal(shop.closure, undefined);
});

it('a phone that has no shop, and a stranger who dials the code, close nothing', async () => {
  const shop = await Shop.open();
  const other = await shop.dial('1001', `${PIN}#1`);
  assert.match(other?.played.join('\n') ?? '', /no es correcto/);
  assert.equal(await shop.dial(undefined, `${PIN}#1`), undefined, 'refused before it is answered');
  assert.equal(shop.closure, undefined);
});

it('says so when it cannot be done', async () => {
  const shop = await Shop.open();
  shop.broken = true;
  const leg = await shop.dial('1007', `${PIN}#1`);
  assert.match(leg?.played.at(-1) ?? '', /No se ha podido cambiar/);
});

it('whoever hangs up does so; silence changes nothing', async () => {
  const shop = await Shop.open();
  const leg = await shop.dial('1007', `${PIN}#`);
  shop.floor.center.callerGone(leg?.callId ?? ('' as never), 'hungup');
  await settled();
  assert.equal(shop.closure, undefined);
});

it("a closure's own message is spoken before anybody calls", async () => {
  const { floor } = await Shop.open();
  const { configuration } = floor;
  const closure = { reason: 'Fuga', since: 0, by: 'ana', message: { es: 'Hay una fuga.' } };
  const [shop, ...others] = configuration.calendars;
  assert.ok(shop);
  floor.configuration = { ...configuration, calendars: [{ ...shop, closure }, ...others] };
  assert.deepEqual(await floor.center.reload(), []);
  const said = floor.prepared.filter(({ text }) => text === 'Hay una fuga.');
  assert.deepEqual(
    said.map(({ language }) => language),
    ['es-ES', 'es-MX'],
  );
});
