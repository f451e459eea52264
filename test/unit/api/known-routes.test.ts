import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allowedMethods, type KnownRoutes } from '../../../src/api/plugins/known-routes.ts';

const route = (method: string, url: string) => ({ method, segments: url.split('/') });
const routes: KnownRoutes = [
  route('GET', '/v1/queues'),
  route('POST', '/v1/queues'),
  route('GET', '/v1/queues/:id'),
];

test('a path that takes other methods names them, one that is not there names none', () => {
  assert.deepEqual(allowedMethods(routes, '/v1/queues?limit=1'), ['GET', 'POST']);
  assert.deepEqual(allowedMethods(routes, '/v1/queues/ventas/'), ['GET']);
  assert.deepEqual(allowedMethods(routes, '/v1/queues/ventas/more'), []);
  assert.deepEqual(allowedMethods(routes, ''), []);
});
