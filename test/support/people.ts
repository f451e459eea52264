import assert from 'node:assert/strict';
import type { Role } from '../../src/model/access.ts';
import type { TestAnswer, TestApi } from './api.ts';

export const TEST_PASSWORD = 'un tigre, dos tigres';

/** Somebody who is signed in. */
export interface Person {
  readonly token: string;
  request(
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TestAnswer>;
}

/** Makes a user and signs them in. */
export async function person(
  api: TestApi,
  id: string,
  role: Role,
  more: { readonly teams?: readonly string[]; readonly agentId?: string } = {},
): Promise<Person> {
  const body = { id, name: `The ${id}`, role, password: TEST_PASSWORD, ...more };
  const made = await api.request('POST', '/v1/users', body);
  assert.equal(made.status, 201, made.text);
  return signIn(api, id);
}

export async function signIn(
  api: TestApi,
  userId: string,
  password = TEST_PASSWORD,
): Promise<Person> {
  const opened = await api.request('POST', '/v1/session', { userId, password });
  assert.equal(opened.status, 201, opened.text);
  return holderOf(api, opened.body.token);
}

/** Whoever has this key or token. */
export const holderOf = (api: TestApi, token: string): Person => ({
  token,
  request: (method, url, body, headers = {}) =>
    api.request(method, url, body, { authorization: `Bearer ${token}`, ...headers }),
});
