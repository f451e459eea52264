import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { cdrOf } from './records.ts';
import type { Stage } from './stage.ts';
import { listenToWav, type Stretch, type ToneLog, writeWav } from './tones.ts';

/** What the API tells of a recorded conversation. */
export interface RecordingFacts {
  readonly id: string;
  readonly state: string;
  readonly end?: string;
  readonly loss?: string;
  readonly durationMs: number;
  readonly agentIds: readonly string[];
  readonly notice?: { readonly result: string; readonly said: string; readonly language: string };
  readonly pauses: readonly { readonly why: string }[];
  readonly storage?: string;
}

/** The one recording of the call, whose sound is where it belongs. */
export async function keptOf(api: ApiClient, sipCallId: string): Promise<RecordingFacts> {
  const { recordingIds = [] } = await cdrOf(api, sipCallId);
  assert.equal(recordingIds.length, 1, 'one file');
  return eventually('the recording is kept', async () => {
    const found = await api.get<RecordingFacts>(`/v1/recordings/${recordingIds[0]}`);
    return found.storage ? found : undefined;
  });
}

/** What is heard on the left and on the right of a stereo recording, as it is downloaded. */
export async function sidesOf(
  stage: Stage,
  api: ApiClient,
  id: string,
): Promise<readonly [ToneLog, ToneLog]> {
  const path = stage.evidence.file(`${id}.wav`);
  writeFileSync(path, await api.bytes(`/v1/recordings/${id}/audio`));
  return [listenToWav(sideOf(path, 0)), listenToWav(sideOf(path, 1))];
}

/** One channel of a stereo file, as a file of its own. */
function sideOf(path: string, channel: 0 | 1): string {
  const bytes = readFileSync(path);
  const at = bytes.indexOf('data', 12, 'latin1') + 8;
  assert.equal(bytes.readUInt16LE(22), 2, 'two channels');
  const both = new Int16Array(bytes.buffer.slice(bytes.byteOffset + at));
  writeWav(
    `${path}.${channel}.wav`,
    both.filter((_, index) => index % 2 === channel),
  );
  return `${path}.${channel}.wav`;
}

/** How long it was heard altogether. */
export const ofKind = ({ stretches }: ToneLog, kind: Stretch['what']): number =>
  stretches
    .filter(({ what }) => what === kind)
    .reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);

/** The silences between its beginning and its end, the longest first. */
export const silencesIn = ({ stretches }: ToneLog): readonly number[] =>
  stretches
    .slice(1, -1)
    .filter(({ what }) => what === 'silence')
    .map(({ fromMs, toMs }) => toMs - fromMs)
    .toSorted((a, b) => b - a);

/** The tones in their order, without those of a moment. */
export const tonesIn = ({ stretches }: ToneLog): readonly number[] =>
  stretches
    .flatMap(({ what, fromMs, toMs }) =>
      toMs - fromMs > 200 && typeof what === 'number' ? [what] : [],
    )
    .filter((tone, index, all) => tone !== all[index - 1]);
