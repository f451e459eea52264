import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** The files of a streaming model, by the roles that sherpa-onnx knows. */
export type SherpaModel =
  | {
      readonly kind: 'transducer';
      readonly tokens: string;
      readonly encoder: string;
      readonly decoder: string;
      readonly joiner: string;
    }
  | { readonly kind: 'zipformer2Ctc'; readonly tokens: string; readonly model: string };

/**
 * Finds a streaming model in a folder as the sherpa-onnx project packs them. Rejects with what is missing, for the
 * operator who named the folder.
 */
export async function findSherpaModel(folder: string): Promise<SherpaModel> {
  const names = await readdir(folder).catch(() => {
    throw new Error(`RECOGNISERS: there is no folder ${folder}`);
  });
  const file = (part: string): string | undefined => best(names, part, folder);
  const tokens = names.includes('tokens.txt') ? join(folder, 'tokens.txt') : undefined;
  const [encoder, decoder, joiner] = ['encoder', 'decoder', 'joiner'].map(file);
  const model = file('model') ?? file('ctc');
  if (tokens && encoder && decoder && joiner) {
    return { kind: 'transducer', tokens, encoder, decoder, joiner };
  }
  if (tokens && model) return { kind: 'zipformer2Ctc', tokens, model };
  throw new Error(
    `RECOGNISERS: ${folder} holds no streaming model of sherpa-onnx: tokens.txt with encoder, decoder and ` +
      'joiner, or with a CTC model, all .onnx',
  );
}

/** Quantised models are as good for short answers, and twice as fast. */
function best(names: readonly string[], part: string, folder: string): string | undefined {
  const fitting = names.filter((name) => name.startsWith(part) && name.endsWith('.onnx'));
  const name = fitting.find((each) => each.includes('int8')) ?? fitting.sort()[0];
  return name && join(folder, name);
}
