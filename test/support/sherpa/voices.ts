import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Constant, type OnnxModel, type Operator, onnxFile, type Value } from './onnx.ts';

/** What Piper's voices have. */
export const PIPER_RATE = 22_050;
/** What Kokoro's voices have. */
export const KOKORO_RATE = 24_000;
/** How long every phoneme is, in samples. */
const PHONEME_SAMPLES = 1_600;
/** A phoneme's tone: so many hertz, and so many more for every number before its own. */
const LOWEST_HZ = 200;
const STEP_HZ = 10;
/** The second speaker is an octave above the first. */
const PITCHES = [1, 2];
/** Phonemes that a Kokoro says at once. */
const PHONEMES_MAX = 64;

const VOLUME = 0.3;
/** A pause between phonemes, a beginning and an end, and what espeak-ng says of Spanish and English. */
const TOKENS = [...'_^$ abdefhijklmnopstuvwxzæðŋɐɑɔəɛɜɡɣɪɲɾʃʊʌʎʒʔʝˈˌːβθχ,.?!;:'];
const NEEDED = /\/(phon\w+|intonations|(es|en)_dict|lang\/roa\/es.*|lang\/gmw\/en-US)$/;
const int64 = (name: string, shape: Value['shape']): Value => ({ name, type: 'int64', shape });
const float = (name: string, shape: Value['shape']): Value => ({ name, type: 'float', shape });

/**
 * A voice as Piper's are packed: its phonemes come from espeak-ng, and each is a tone of its own. `#1` speaks an octave
 * above `#0`. The first three tokens (a pause between phonemes, a beginning, an end) are silent.
 */
export async function writePiper(folder: string, espeakVoice: string): Promise<void> {
  const model = onnxFile({
    metadata: {
      sample_rate: PIPER_RATE,
      n_speakers: 2,
      language: 'Test',
      voice: espeakVoice,
      comment: 'piper',
      has_espeak: 1,
      add_blank: 1,
    },
    inputs: [
      int64('input', ['N', 'phonemes']),
      int64('input_lengths', ['N']),
      float('scales', [3]),
      int64('sid', ['N']),
    ],
    outputs: [float('output', ['N', 1, 1, 'samples'])],
    ...tones('input', 'output', PIPER_RATE, [
      { op: 'Cast', inputs: ['sid'], outputs: ['speaker'], attributes: { to: 1 } },
      { op: 'Add', inputs: ['speaker', 'one'], outputs: ['pitch'] },
    ]),
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'voz.onnx'), model);
  await writeTokens(folder);
  await writeEspeakData(folder);
}

/** A voice as Kokoro's are packed from version 1.0 on: many languages, and `voices.bin` with what each speaker is like. */
export async function writeKokoro(folder: string): Promise<void> {
  const model = onnxFile({
    metadata: {
      sample_rate: KOKORO_RATE,
      version: 2,
      n_speakers: 2,
      has_espeak: 1,
      style_dim: `${PHONEMES_MAX},1,1`,
      speaker_names: 'ef_uno,ef_dos',
    },
    inputs: [int64('tokens', [1, 'phonemes']), float('style', [1, 1]), float('speed', [1])],
    outputs: [float('audio', [1, 1, 1, 'samples'])],
    ...tones('tokens', 'audio', KOKORO_RATE, [
      { op: 'Squeeze', inputs: ['style', 'second'], outputs: ['pitch'] },
    ]),
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'model.onnx'), model);
  const styles = Float32Array.from(PITCHES.flatMap((pitch) => Array(PHONEMES_MAX).fill(pitch)));
  await writeFile(join(folder, 'voices.bin'), Buffer.from(styles.buffer));
  await writeTokens(folder);
  await writeEspeakData(folder);
}

/** In hertz: what a phoneme sounds like when the first of the speakers says it, or the second. */
export const toneOf = (phoneme: string, speaker: 0 | 1): number =>
  (LOWEST_HZ + STEP_HZ * TOKENS.indexOf(phoneme)) * (PITCHES[speaker] ?? 1);

/** A tone for each phoneme, `pitch` times as high as its own; silence for the first three. */
function tones(
  input: string,
  output: string,
  rate: number,
  pitch: readonly Operator[],
): Pick<OnnxModel, 'constants' | 'operators'> {
  const angles = Array.from({ length: PHONEME_SAMPLES }, (_, at) => (2 * Math.PI * at) / rate);
  const number = (name: string, value: number) => floats(name, [value]);
  return {
    constants: [
      floats('angles', angles),
      integers('second', [1]),
      integers('last', [2]),
      integers('flat', [1, 1, 1, -1]),
      number('one', 1),
      number('silent', 2),
      number('step', STEP_HZ),
      number('lowest', LOWEST_HZ),
      number('full', VOLUME),
    ],
    operators: [
      ...pitch,
      { op: 'Cast', inputs: [input], outputs: ['ids'], attributes: { to: 1 } },
      { op: 'Mul', inputs: ['ids', 'step'], outputs: ['steps'] },
      { op: 'Add', inputs: ['steps', 'lowest'], outputs: ['own_hertz'] },
      { op: 'Mul', inputs: ['own_hertz', 'pitch'], outputs: ['hertz'] },
      { op: 'Unsqueeze', inputs: ['hertz', 'last'], outputs: ['each_hertz'] },
      { op: 'Mul', inputs: ['each_hertz', 'angles'], outputs: ['phases'] },
      { op: 'Sin', inputs: ['phases'], outputs: ['waves'] },
      { op: 'Sub', inputs: ['ids', 'silent'], outputs: ['above'] },
      { op: 'Relu', inputs: ['above'], outputs: ['positive'] },
      { op: 'Sign', inputs: ['positive'], outputs: ['audible'] },
      { op: 'Mul', inputs: ['audible', 'full'], outputs: ['volumes'] },
      { op: 'Unsqueeze', inputs: ['volumes', 'last'], outputs: ['each_volume'] },
      { op: 'Mul', inputs: ['waves', 'each_volume'], outputs: ['sound'] },
      { op: 'Reshape', inputs: ['sound', 'flat'], outputs: [output] },
    ],
  };
}

const floats = (name: string, values: readonly number[]): Constant => ({
  name,
  type: 'float',
  shape: [values.length],
  values,
});

const integers = (name: string, values: readonly number[]): Constant => ({
  name,
  type: 'int64',
  shape: [values.length],
  values,
});

/** The end of a line is the token's number; a space stands as itself. */
const writeTokens = (folder: string): Promise<void> => {
  const lines = TOKENS.map((token, id) => `${token} ${id}\n`);
  return writeFile(join(folder, 'tokens.txt'), lines.join(''));
};

/** What espeak-ng knows of languages, as the package of the house's own voice brings it along: one file of all files. */
async function writeEspeakData(folder: string): Promise<void> {
  const program = createRequire(import.meta.url).resolve('@echogarden/espeak-ng-emscripten');
  const [code, data] = await Promise.all([
    readFile(program, 'utf8'),
    readFile(join(dirname(program), 'espeak-ng.data')),
  ]);
  const files = code.matchAll(
    /filename:"\/usr\/share\/(espeak-ng-data\/[^"]+)",start:(\d+),end:(\d+)/g,
  );
  for (const [, name = '', start, end] of files) {
    if (!NEEDED.test(name)) continue;
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, data.subarray(Number(start), Number(end)));
  }
}
