// A thread of its own for each document: see `json-thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { isTooDeep } from './json-depth.ts';
import { piecesOf } from './json-pieces.ts';
import type { JsonRead, JsonToRead } from './json-thread.ts';

const { written } = workerData as JsonToRead;

/** Names by which an object could get another prototype, however they are written. */
const SUSPICIOUS = /"(?:__proto__|constructor)"|\\u00/;

function read(text: string): JsonRead {
  if (SUSPICIOUS.test(text) || isTooDeep(text)) return { pieces: undefined };
  try {
    return { pieces: piecesOf(JSON.parse(text)) };
  } catch {
    return { pieces: undefined };
  }
}

parentPort?.postMessage(read(new TextDecoder().decode(written)));
