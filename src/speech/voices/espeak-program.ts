// A program of its own, not a module of the house: eSpeak NG is under the GPL, and is spoken to over stdio only.
// It ends when its input does, so it cannot outlive who started it.

import { getPriority, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import load from '@echogarden/espeak-ng-emscripten';
import { finished } from '../audio/finish.ts';
import { toFloat } from '../audio/pcm.ts';
import type { SpeakAnswer, SpeakRequest } from './espeak-protocol.ts';

/**
 * Calls in progress go before sentences for calls to come: a third of their share of a busy processor. At a tenth (10)
 * a machine with other work let no sentence be made for half a minute, and callers were told nothing. However important
 * the house itself is to the machine.
 */
setPriority(Math.min(19, getPriority() + 5));

const { eSpeakNGWorker } = await load({ print: report, printErr: report });
const engine = await new eSpeakNGWorker();
let voice = '';

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as SpeakRequest;
  try {
    send({ id: request.id }, await speak(request));
  } catch (error) {
    send({ id: request.id, error: String(error) });
  }
}

async function speak(request: SpeakRequest): Promise<Int16Array> {
  if (request.voice !== voice) engine.set_voice(request.voice);
  voice = request.voice;
  engine.set_rate(request.wordsPerMinute);
  const pieces: Int16Array[] = [];
  engine.synthesize(request.text, (piece) => {
    if (piece) pieces.push(piece);
    return false;
  });
  return finished(toFloat(joined(pieces)), engine.samplerate, request.rate, request.ending);
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function send(head: { id: number; error?: string }, samples?: Int16Array): void {
  const answer = samples ? { ...head, bytes: samples.byteLength } : head;
  process.stdout.write(`${JSON.stringify(answer satisfies Partial<SpeakAnswer>)}\n`);
  if (samples) process.stdout.write(new Uint8Array(samples.buffer));
}

/** The library's own chatter must not get into the answers. */
function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
