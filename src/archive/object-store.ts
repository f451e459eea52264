import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { AwsV4Signer } from 'aws4fetch';
import type { RecordingId } from '../model/ids.ts';
import type { RecordingSound } from '../runtime/ports/recordings.ts';

/** An S3-compatible store: one bucket, and what its keys begin with. */
export interface ObjectStoreOptions {
  /** `https://host[:port]/bucket[/prefix]`: the bucket in the path, which every such store understands. */
  readonly url: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** A store that says nothing for so long is away. */
const ANSWER_MS_MAX = 10_000;
/** An hour of stereo takes 115 MB: at 1 MB a second. */
const UPLOAD_MS_MAX = 900_000;

/** The store answered, and not as it should. */
export class ObjectStoreError extends Error {
  override readonly name = 'ObjectStoreError';
}

/** Recordings in an S3-compatible store. Requests are signed (AWS Signature Version 4), the uploaded octets with them. */
export class ObjectStore {
  readonly #options: ObjectStoreOptions;

  constructor(options: ObjectStoreOptions) {
    this.#options = options;
  }

  /** Rejects unless the store has taken all of it. */
  async put(id: RecordingId, path: string, octets: number): Promise<void> {
    const hash = await sha256Of(path);
    const headers = {
      'content-type': 'audio/wav',
      'content-length': String(octets),
      'x-amz-content-sha256': hash,
    };
    const signed = await this.#sign('PUT', id, headers);
    const response = await fetch(signed.url, {
      method: 'PUT',
      headers: signed.headers,
      body: Readable.toWeb(createReadStream(path)),
      duplex: 'half',
      signal: AbortSignal.timeout(UPLOAD_MS_MAX),
    });
    await discard(response);
    if (!response.ok) throw new ObjectStoreError(`PUT was answered ${response.status}`);
  }

  /** Undefined: there is no such object. Rejects when the store cannot say. */
  async open(id: RecordingId, range: string | undefined): Promise<RecordingSound | undefined> {
    const signed = await this.#sign('GET', id, range === undefined ? {} : { range });
    // Only the beginning of the answer has a limit: whoever listens takes their time.
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error('no answer')), ANSWER_MS_MAX);
    try {
      const response = await fetch(signed.url, { headers: signed.headers, signal: late.signal });
      const { status } = response;
      if (status === 200 || status === 206) {
        const body = response.body && Readable.fromWeb(response.body as ReadableStream);
        return { status, headers: lengthsOf(response), body: body ?? Readable.from([]) };
      }
      await discard(response);
      if (status === 404) return undefined;
      if (status === 416) return { status, headers: lengthsOf(response), body: undefined };
      throw new ObjectStoreError(`GET was answered ${status}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** One that is not there is as good as removed. */
  async remove(id: RecordingId): Promise<void> {
    const signed = await this.#sign('DELETE', id, {});
    const response = await fetch(signed.url, {
      method: 'DELETE',
      headers: signed.headers,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    await discard(response);
    if (!response.ok && response.status !== 404)
      throw new ObjectStoreError(`DELETE was answered ${response.status}`);
  }

  async #sign(method: string, id: RecordingId, headers: Record<string, string>) {
    const { url, accessKey, secretKey, region } = this.#options;
    const signer = new AwsV4Signer({
      method,
      url: `${url.replace(/\/+$/, '')}/${encodeURIComponent(`${id}.wav`)}`,
      headers,
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      service: 's3',
      region,
      // So that no proxy takes another part for the one that was asked for.
      allHeaders: true,
    });
    const signed = await signer.sign();
    return { url: signed.url, headers: signed.headers };
  }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** A body that nobody reads keeps its connection. */
async function discard(response: Response): Promise<void> {
  await response.arrayBuffer().catch(() => undefined);
}

const lengthsOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    ['content-length', 'content-range'].flatMap((name) => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value] as const];
    }),
  );
