import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Constant, type OnnxModel, type Operator, onnxFile, type Value } from './onnx.ts';

/** sherpa-onnx's features: the power of so many bands up to 7,600 Hz, spaced in mels, every 10 ms, as logarithms. */
const BANDS = 80;
/** Features that are looked at in one step, and how many of them make one answer. */
const CHUNK = 32;
const SUBSAMPLING = 4;

/** What these listeners know: a word that begins with an s, and one that is hummed. */
export const HISSED = 'seis';
export const HUMMED = 'luna';
const TOKENS = ['<blk>', `▁${HISSED}`, `▁${HUMMED}`];
const V = TOKENS.length;

/** The bands of vowels (200 to 900 Hz), and those of an s (from 4 kHz on). */
const isLow = (band: number): boolean => band >= 6 && band < 28;
const isHigh = (band: number): boolean => band >= 60;
const LOW_BANDS = 22;
const HIGH_BANDS = 20;
/** So much more power than the other bands, and so much at all, has a word; both as natural logarithms. */
const CONTRAST_MIN = 2;
const POWER_MIN = -9;
/** How much surer a model is than such a logarithm says. */
const SURENESS = 4;

/**
 * A streaming transducer as `sherpa-onnx-streaming-zipformer-es-…` is one, in three files, of the oldest kind that
 * the library reads (its two states pass through). After a word it knows nothing but silence: of an utterance it tells the first word.
 */
export async function writeTransducer(folder: string): Promise<void> {
  const state = (name: string): Value => ({ name, type: 'float', shape: [1, 'N', 1] });
  const { constants, operators } = listening('encoder_out');
  await write(folder, 'encoder', {
    metadata: {
      model_type: 'lstm',
      num_encoder_layers: 1,
      T: CHUNK,
      decode_chunk_len: CHUNK,
      rnn_hidden_size: 1,
      d_model: 1,
    },
    inputs: [FEATURES, state('h'), state('c')],
    outputs: [scores('encoder_out'), state('next_h'), state('next_c')],
    constants,
    operators: [...operators, pass('h', 'next_h'), pass('c', 'next_c')],
  });
  // What may follow a token: after the blank anything, after a word nothing.
  const follows = TOKENS.flatMap((_, last) => TOKENS.map((_, next) => (last && next ? -1_000 : 0)));
  await write(folder, 'decoder', {
    metadata: { vocab_size: V, context_size: 1 },
    inputs: [{ name: 'y', type: 'int64', shape: ['N', 1] }],
    outputs: [{ name: 'decoder_out', type: 'float', shape: ['N', V] }],
    constants: [
      constant('follows', [V, V], follows),
      { name: 'second', type: 'int64', shape: [1], values: [1] },
    ],
    operators: [
      { op: 'Gather', inputs: ['follows', 'y'], outputs: ['rows'] },
      { op: 'Squeeze', inputs: ['rows', 'second'], outputs: ['decoder_out'] },
    ],
  });
  const row = (name: string): Value => ({ name, type: 'float', shape: ['N', V] });
  await write(folder, 'joiner', {
    metadata: { joiner_dim: V },
    inputs: [row('encoder_out'), row('decoder_out')],
    outputs: [row('logit')],
    operators: [{ op: 'Add', inputs: ['encoder_out', 'decoder_out'], outputs: ['logit'] }],
  });
  await writeTokens(folder);
}

/** A streaming CTC model of one layer of Zipformer2's states, all of which pass through. It tells every word. */
export async function writeCtc(folder: string): Promise<void> {
  const states: readonly Value[] = [
    { name: 'key', type: 'float', shape: [1, 'N', 1] },
    { name: 'nonlin', type: 'float', shape: [1, 'N', 1, 3] },
    { name: 'value1', type: 'float', shape: [1, 'N', 1] },
    { name: 'value2', type: 'float', shape: [1, 'N', 1] },
    { name: 'conv1', type: 'float', shape: ['N', 4, 1] },
    { name: 'conv2', type: 'float', shape: ['N', 4, 1] },
    { name: 'embed', type: 'float', shape: ['N', 128, 3, 19] },
    { name: 'processed', type: 'int64', shape: ['N'] },
  ];
  const { constants, operators } = listening('log_probs');
  await write(folder, 'model', {
    metadata: {
      encoder_dims: 4,
      query_head_dims: 1,
      value_head_dims: 1,
      num_heads: 1,
      num_encoder_layers: 1,
      cnn_module_kernels: 3,
      left_context_len: 1,
      T: CHUNK,
      decode_chunk_len: CHUNK,
    },
    inputs: [FEATURES, ...states],
    outputs: [
      scores('log_probs'),
      ...states.map((each) => ({ ...each, name: `next_${each.name}` })),
    ],
    constants,
    operators: [...operators, ...states.map(({ name }) => pass(name, `next_${name}`))],
  });
  await writeTokens(folder);
}

const FEATURES: Value = { name: 'x', type: 'float', shape: ['N', CHUNK, BANDS] };

const scores = (name: string): Value => ({
  name,
  type: 'float',
  shape: ['N', CHUNK / SUBSAMPLING, V],
});

/** From the mean of some features to a score for each token: the smaller one of how clear and of how loud it is. */
function listening(output: string): Pick<Required<OnnxModel>, 'constants' | 'operators'> {
  const each = Array.from({ length: BANDS }, (_, band) => ({
    low: isLow(band) ? SURENESS / LOW_BANDS : 0,
    high: isHigh(band) ? SURENESS / HIGH_BANDS : 0,
  }));
  const clear = each.flatMap(({ low, high }) => [0, high - low, low - high]);
  const loud = each.flatMap(({ low, high }) => [0, high, low]);
  return {
    constants: [
      { name: 'groups', type: 'int64', shape: [4], values: [0, -1, SUBSAMPLING, BANDS] },
      constant('clear', [BANDS, V], clear),
      constant('loud', [BANDS, V], loud),
      constant('contrast', [V], [0, SURENESS * CONTRAST_MIN, SURENESS * CONTRAST_MIN]),
      constant('power', [V], [0, SURENESS * POWER_MIN, SURENESS * POWER_MIN]),
    ],
    operators: [
      { op: 'Reshape', inputs: ['x', 'groups'], outputs: ['grouped'] },
      {
        op: 'ReduceMean',
        inputs: ['grouped'],
        outputs: ['means'],
        attributes: { axes: [2], keepdims: 0 },
      },
      { op: 'MatMul', inputs: ['means', 'clear'], outputs: ['clearness'] },
      { op: 'MatMul', inputs: ['means', 'loud'], outputs: ['loudness'] },
      { op: 'Sub', inputs: ['clearness', 'contrast'], outputs: ['clear_score'] },
      { op: 'Sub', inputs: ['loudness', 'power'], outputs: ['loud_score'] },
      { op: 'Min', inputs: ['clear_score', 'loud_score'], outputs: [output] },
    ],
  };
}

const constant = (name: string, shape: readonly number[], values: readonly number[]): Constant => ({
  name,
  type: 'float',
  shape,
  values,
});

const pass = (from: string, to: string): Operator => ({
  op: 'Identity',
  inputs: [from],
  outputs: [to],
});

const write = (folder: string, name: string, model: OnnxModel): Promise<void> =>
  writeFile(join(folder, `${name}.onnx`), onnxFile(model));

const writeTokens = (folder: string): Promise<void> =>
  writeFile(join(folder, 'tokens.txt'), TOKENS.map((token, id) => `${token} ${id}\n`).join(''));
