/** An answer that was not wanted, with the problem details that came (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  readonly body: unknown;

  constructor(what: string, status: number, body: unknown) {
    super(`${what}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

/** A client of the REST API, as a developer of the company would write it. */
export class ApiClient {
  readonly base: string;
  readonly key: string;

  constructor(base: string, key: string) {
    this.base = base;
    this.key = key;
  }

  /** What is no JSON: /metrics. */
  async text(path: string): Promise<string> {
    return (await fetch(`${this.base}${path}`)).text();
  }

  /** A body that is no text. */
  async bytes(path: string): Promise<Buffer> {
    const headers = { authorization: `Bearer ${this.key}` };
    const response = await fetch(`${this.base}${path}`, { headers });
    if (!response.ok) throw new ApiProblem(`GET ${path}`, response.status, await response.text());
    return Buffer.from(await response.arrayBuffer());
  }

  get<T>(path: string): Promise<T> {
    return this.#send<T>('GET', path);
  }

  post<T>(path: string, body?: unknown, headers?: Record<string, string>): Promise<T> {
    return this.#send<T>('POST', path, body, headers);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('PUT', path, body);
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.#send<T>('PATCH', path, body);
  }

  delete(path: string): Promise<unknown> {
    return this.#send('DELETE', path);
  }

  /** The status alone: for what must be refused, and for the health checks. */
  async status(method: string, path: string, key: string | undefined = this.key): Promise<number> {
    const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(`${this.base}${path}`, { method, headers });
    await response.arrayBuffer();
    return response.status;
  }

  async #send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<T> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${this.key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) throw new ApiProblem(`${method} ${path}`, response.status, parsed);
    return parsed as T;
  }
}
