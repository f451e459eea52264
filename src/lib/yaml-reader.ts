// A thread of its own for each document: see `yaml-thread.ts`.
import { parentPort, workerData } from 'node:worker_threads';
import { piecesOf } from './json-pieces.ts';
import { readYaml, show } from './yaml-source.ts';
import type { YamlRead, YamlToRead } from './yaml-thread.ts';

const { written, charactersMax } = workerData as YamlToRead;
const source = readYaml(written, charactersMax);
const answer: YamlRead = source.ok
  ? { ok: true, pieces: piecesOf(source.value.value) }
  : { ok: false, problems: source.error };
parentPort?.postMessage(answer);
parentPort?.on('message', (places: readonly string[]) => {
  if (source.ok)
    parentPort?.postMessage(places.map((place) => show(source.value.positionOf(place))));
});
