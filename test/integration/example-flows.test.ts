import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { flow, ROOT } from '../support/flow-command.ts';

const FOLDER = join(ROOT, 'config/example/flows');
const file = (name: string): string => join(FOLDER, `${name}.yaml`);
/** A Monday, half past ten in Mexico City. */
const MONDAY = ['--at', '2026-11-23T16:30:00Z'];

/** Walks the flow by a script that can be obeyed to its last line, and looks for what is heard, in that order. */
async function walk(name: string, script: readonly string[], heard: readonly RegExp[]) {
  const { code, out, err } = await flow(['run', file(name), ...MONDAY], `${script.join('\n')}\n`);
  assert.deepEqual([code, err], [0, ''], out);
  let rest = out;
  for (const line of heard) {
    const at = rest.search(line);
    assert.ok(at >= 0, `${line} is not in what follows:\n${rest}`);
    rest = rest.slice(at).replace(line, '');
  }
}

test('V2 every example flow is without problems', async () => {
  const files = readdirSync(FOLDER).map((name) => join(FOLDER, name));
  const { code, out } = await flow(['check', ...files, join(ROOT, 'config/example/company.yaml')]);
  assert.equal(code, 0, out);
});

test('V2 the shop: by voice to a branch that is closed, by key to one that is open, and to another flow', () =>
  walk(
    'sucursales',
    [
      'heard ventas',
      '2',
      '1',
      'agent',
      '5',
      'who +525555550001',
      '9',
      '3',
      '1',
      '9',
      'who',
      '2',
      '123456#',
      'answer estado=preparing',
      '0',
      'agent',
    ],
    [
      /es-MX: Gracias por llamar a Muebles Alameda\./,
      /Para la tienda de Coyoacán, marque uno\./,
      /Polanco está cerrada\. Abre el lunes veintitrés de noviembre, a las once de la mañana\./,
      /queue ventas, priority 5/,
      /talks to an agent/,
      /en: What can we do for you\?/,
      /en: The Coyoacán shop is open now\./,
      /en: Thank you for calling Muebles Alameda\. Goodbye\./,
      /\[pedidos \/ pide\] collect/,
      /asks GET http:\/\/127\.0\.0\.1:8091\/v1\/orders\/123456/,
      /Estamos preparando su pedido/,
      /queue ventas/,
    ],
  ));

test('V9 the shop: how it was, a message instead of waiting, a message from the menu', () =>
  walk(
    'sucursales',
    [
      ...['who +525555550001', '1', '1', 'agent', '5'],
      ...['who', '1', '1', '1', 'recorded 9', '2', 'recorded 7', '1'],
      ...['who', '3', '1', '3', 'recorded 6', '1'],
    ],
    [
      /waits in the queue ventas/,
      /\[encuesta\] survey/,
      /¿cómo le hemos atendido\?/,
      /\[mensaje\] voicemail/,
      /Su mensaje está grabado\./,
      /\[mensaje\] voicemail/,
      /Su mensaje está grabado\./,
      /✖ hung up/,
    ],
  ));

test('V2 the bank: a PIN that is wrong once, a balance in words, and nobody proves it twice', () =>
  walk(
    'banco',
    [
      'who +525555550001',
      '1',
      '123456#',
      '4321',
      'verified failed',
      '123456#1234',
      'verified',
      'answer saldo=12500.5 vence=2026-11-30',
      '1',
      '9',
      '1',
      'answer saldo=21 vencido=5',
      '0',
      'agent',
      '5',
      'who',
      '2',
      'overflow nobody',
      'recorded 8',
      '1',
    ],
    [
      /es-MX: Bienvenido a Banco Alameda, Ana García\./,
      /\[identificar \/ clave\] collect/,
      /what is typed now is secret/,
      /La cuenta y la clave no coinciden\./,
      /\[identificar \/ fin\] return/,
      /Su saldo es de doce mil quinientos pesos con cincuenta centavos\./,
      /Su próximo pago vence el treinta de noviembre\./,
      /en: For your balance, press one\./,
      /\[ya-verificado\] branch\n {2}\[consulta\] request/,
      /en: Your account has an overdue payment\./,
      /talks to an agent/,
      /en: From one to five, how did our adviser do\?/,
      /queue facturacion, priority 10/,
      /es-MX: Ahora no hay ningún asesor libre\./,
      /Su mensaje está grabado\./,
      /✖ hung up/,
    ],
  ));

test('V2 the clinic: an appointment on a day that exists, results, emergencies at any hour', () =>
  walk(
    'clinica',
    [
      '2',
      '1',
      '3102',
      '0512',
      '1',
      'timeout',
      'recorded 5',
      '1',
      'who +525555550004',
      'wait',
      '2',
      '4711#',
      'answer listo=true desde=2026-11-20',
      'time 2026-11-24T04:00:00Z',
      'who',
      '9',
      'wait',
      '1',
      'agent',
    ],
    [
      /es-MX: Ese día no existe\./,
      /Desea venir el cinco de diciembre\./,
      /queue soporte, priority 5/,
      /\[mensaje\] voicemail/,
      /Si es una urgencia, marque uno\./,
      /Sus resultados están listos desde el veinte de noviembre\./,
      /en: The clinic is closed\. We open on Tuesday, (the )?twenty-fourth of November|en: The clinic is closed\. We open on Tuesday, November/,
      /en: We are connecting you to our emergency room\./,
      /queue soporte, priority 10/,
    ],
  ));

test('V9 the clinic when it is closed: a call back, to another number, and a message where none is promised', () =>
  walk(
    'clinica',
    [
      'time 2026-11-24T04:00:00Z',
      ...['who +525555550001', '2', '3', '2', '5555550011#', 'promise'],
      ...['who +525555550001', '2', '3', '1', 'promise refused', 'recorded 7', '1'],
    ],
    [
      /La clínica está cerrada\./,
      /\[devolucion\] callback/,
      /Le llamaremos cuando abramos, al número/,
      /callback .*"number":"5555550011"/,
      /De acuerdo\. Le llamaremos\./,
      /✖ hung up/,
      /callback .*"queueId":"soporte"/,
      /Ahora no podemos prometerle una llamada\./,
      /\[mensaje\] voicemail/,
      /Su mensaje está grabado\./,
    ],
  ));
