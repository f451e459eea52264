import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CalendarConfig } from '../../../src/model/calendar.ts';
import { agentId, calendarId, flowId, queueId } from '../../../src/model/ids.ts';
import type { NumberConfig } from '../../../src/model/number.ts';
import type { HouseFacts } from '../../../src/runtime/lint-flow.ts';
import { createLinter } from '../../../src/runtime/linter.ts';
import type { Configuration } from '../../../src/runtime/ports/index.ts';
import { agent, queue } from '../acd/desk.ts';
import { documentOf } from '../ivr/flows.ts';

const flow = (id: string, nodes: object, extra: object = {}) => ({
  id: flowId(id),
  version: 1,
  document: documentOf(nodes, extra),
});
const number = (dnis: string, to: string, more: Partial<NumberConfig> = {}): NumberConfig => ({
  dnis,
  name: dnis,
  flowId: flowId(to),
  language: 'es-MX',
  country: 'MX',
  ...more,
});
const toSales = (more: object = {}) => ({
  inicio: { type: 'queue', queue: 'ventas', onTimeout: 'fin', onFull: 'fin', ...more },
  fin: { type: 'hangup' },
});
const shop: Configuration = {
  numbers: [number('8005550100', 'tienda')],
  flows: [flow('tienda', toSales())],
  queues: [queue('ventas')],
  agents: [agent('1', ['ventas'])],
  calendars: [],
};

const found = async (
  changes: Partial<Configuration>,
  facts: HouseFacts = {},
): Promise<readonly string[]> => {
  const configuration = { ...shop, ...changes };
  const linter = createLinter({ load: async () => configuration }, facts);
  return (await linter.check(configuration)).map(({ code, place }) => `${code} ${place}`);
};

describe('what the house knows beyond the engine', () => {
  it('has nothing to say of a shop where everything leads somewhere', async () => {
    assert.deepEqual(await found({}), []);
  });

  it('L8 a flow that no number leads to, and a queue that no flow and no overflow leads to', async () => {
    const flows = [...shop.flows, flow('olvidado', { inicio: { type: 'hangup' } })];
    assert.deepEqual(await found({ flows }), ['FLOW_UNUSED flows/olvidado']);
    const agents = [agent('1', ['ventas', 'taller'])];
    const queues = [...shop.queues, queue('taller')];
    assert.deepEqual(await found({ queues, agents }), ['QUEUE_UNREACHED queues/taller']);
    const onward = [{ when: 'maxWait', ms: 30_000, to: { queue: queueId('taller') } }] as const;
    const overflowing = [queue('ventas', { overflow: onward }), queue('taller')];
    assert.deepEqual(await found({ queues: overflowing, agents }), []);
  });

  it('L9 a request whose host is not allowed', async () => {
    const asks = {
      inicio: {
        type: 'request',
        url: 'https://pedidos.example/{ani}',
        next: 'fin',
        failed: 'fin',
      },
      fin: { type: 'hangup' },
    };
    const queues: Configuration['queues'] = [];
    const asking = { flows: [flow('tienda', asks)], queues, agents: [] };
    assert.deepEqual(await found(asking, { mayAsk: () => false }), [
      'REQUEST_NOT_ALLOWED flows/tienda/nodes/inicio/url',
    ]);
    assert.deepEqual(
      await found(asking, { mayAsk: ({ hostname }) => hostname === 'pedidos.example' }),
      [],
    );
  });

  it('L10 a promise of a call, and no trunk to place it', async () => {
    const queues = [queue('ventas', { callbackEnabled: true })];
    assert.deepEqual(await found({ queues }, { dialsOut: () => false }), [
      'NO_WAY_OUT queues/ventas/callbackEnabled',
    ]);
    assert.deepEqual(await found({ queues }, { dialsOut: () => true }), []);
  });

  it('an error: a notice of recording that nobody can say, so that nobody would be recorded', async () => {
    const saying = (message: Readonly<Record<string, string>>) => ({
      ...({ mode: 'all', percent: 100, stereo: false } as const),
      notice: { version: '1', message },
    });
    for (const message of [{ fr: 'Cet appel peut être enregistré.' }, { es: ' ' }])
      assert.deepEqual(await found({ queues: [queue('ventas', { recording: saying(message) })] }), [
        'CONFIG_INVALID queues/ventas',
      ]);
    const said = saying({ es: 'Esta llamada puede ser grabada.' });
    assert.deepEqual(await found({ queues: [queue('ventas', { recording: said })] }), []);
  });

  it('L11 hours that never open, and a number in a language that its flow does not speak', async () => {
    const never: CalendarConfig = {
      id: calendarId('nunca'),
      name: 'Nunca',
      zone: 'America/Mexico_City',
      hours: [],
      holidays: [],
      phones: [],
    };
    assert.deepEqual(await found({ calendars: [never] }), [
      'CALENDAR_NEVER_OPEN calendars/nunca/hours',
    ]);
    const numbers = [number('8005550100', 'tienda', { language: 'en' })];
    const flows = [flow('tienda', toSales(), { languages: ['es-MX'] })];
    assert.deepEqual(await found({ numbers, flows }), [
      'LANGUAGE_UNSPOKEN numbers/8005550100/language',
    ]);
  });

  it('L12 a phone that cannot register', async () => {
    assert.deepEqual(await found({}, { withoutPassword: async () => [agentId('1')] }), [
      'AGENT_WITHOUT_PASSWORD agents/1',
    ]);
  });

  it('L13 an exit of the queue that the flow does not know', async () => {
    const queues = [
      queue('ventas', { overflow: [{ when: 'maxWait', ms: 30_000, to: { exit: 'buzon' } }] }),
    ];
    const withNode = (more: object) => found({ queues, flows: [flow('tienda', toSales(more))] });
    const finding = ['EXIT_UNHANDLED flows/tienda/nodes/inicio'];
    assert.deepEqual(await withNode({}), finding);
    assert.deepEqual(await withNode({ onOverflow: { otro: 'fin' } }), finding);
    assert.deepEqual(await withNode({ onOverflow: { buzon: 'fin' } }), []);
    assert.deepEqual(await withNode({ onOverflow: 'fin' }), []);
  });

  const speaking = flow(
    'tienda',
    {
      hola: { type: 'play', prompts: ['hola', { audio: 'promo' }], next: 'consulta' },
      consulta: {
        type: 'request',
        url: 'https://pedidos.example/',
        music: 'lluvia',
        next: 'inicio',
        failed: 'fin',
      },
      ...toSales(),
    },
    { prompts: { hola: { audio: 'bienvenida' } } },
  );
  const having = (...there: readonly string[]): HouseFacts => ({
    recordings: async () => (name, language) =>
      there.includes(name) || there.includes(`${name} ${language}`),
  });

  it('L14 a recording that is nowhere, in a flow, a queue or a closure', async () => {
    const calendars: CalendarConfig[] = [
      {
        id: calendarId('centro'),
        name: 'Centro',
        zone: 'America/Mexico_City',
        hours: [{ days: ['mon'], from: '09:00', to: '18:00' }],
        holidays: [],
        phones: [],
        closure: { reason: 'Fuga', message: { audio: 'fuga' }, since: 0, by: 'ana' },
      },
    ];
    const changes = { flows: [speaking], calendars, queues: [queue('ventas', { music: 'jazz' })] };
    assert.deepEqual(await found(changes, having()), [
      'RECORDING_UNKNOWN flows/tienda/prompts/hola/audio',
      'RECORDING_UNKNOWN flows/tienda/nodes/hola/prompts/1/audio',
      'RECORDING_UNKNOWN flows/tienda/nodes/consulta/music',
      'RECORDING_UNKNOWN queues/ventas/music',
      'RECORDING_UNKNOWN calendars/centro/closure/message',
    ]);
    const all = having('bienvenida', 'promo', 'lluvia', 'jazz', 'fuga');
    assert.deepEqual(await found(changes, all), []);
  });

  it('L14 says for whom a recording lacks, before the flow goes live too', async () => {
    const facts = having('promo', 'lluvia', 'bienvenida es-MX');
    const linter = createLinter({ load: async () => shop }, facts);
    assert.deepEqual(await linter.flow(speaking.document, flowId('tienda')), [
      'prompts.hola.audio: there is no recording bienvenida for en: callers hear nothing here until it is uploaded',
    ]);
    assert.deepEqual(await linter.flow({ name: 'none' }), []);
  });

  it('L15 a country that is none, stored before the API refused it', async () => {
    const numbers = [number('8005550100', 'tienda', { country: 'ZZ' })];
    assert.deepEqual(await found({ numbers }), ['COUNTRY_UNKNOWN numbers/8005550100/country']);
  });
});
