// The process in which sherpa-onnx listens.
import { childData, tellParent } from '../../lib/child-part.ts';
import type { HeardText } from '../../runtime/ports/hearing.ts';
import { toFloat } from '../audio/pcm.ts';
import type { SherpaModel } from './sherpa-model.ts';
import type { SherpaNews, SherpaOrder, SherpaProgramData } from './sherpa-protocol.ts';

const tell = (news: SherpaNews): void => tellParent(news);

/** Models hear a little beyond the last word: so much silence is added to what was said. */
const TAIL_SECONDS = 0.5;

function configOf(model: SherpaModel, threads: number): object {
  const files =
    model.kind === 'transducer'
      ? { transducer: { encoder: model.encoder, decoder: model.decoder, joiner: model.joiner } }
      : { zipformer2Ctc: { model: model.model } };
  return {
    featConfig: { sampleRate: 16_000, featureDim: 80 },
    modelConfig: { ...files, tokens: model.tokens, numThreads: threads, provider: 'cpu', debug: 0 },
    decodingMethod: 'greedy_search',
    enableEndpoint: 0,
  };
}

async function serve({ model, threads }: SherpaProgramData): Promise<void> {
  const { default: sherpa } = await import('sherpa-onnx-node');
  const recogniser = new sherpa.OnlineRecognizer(configOf(model, threads));
  type Heard = ReturnType<typeof recogniser.createStream>;
  const streams = new Map<number, { readonly stream: Heard; readonly sampleRate: number }>();

  const understand = (stream: Heard): { readonly text: string; readonly ys_probs?: number[] } => {
    while (recogniser.isReady(stream)) recogniser.decode(stream);
    return recogniser.getResult(stream);
  };
  const take = (order: SherpaOrder): void => {
    if (order.kind === 'open') {
      const { id, sampleRate } = order;
      streams.set(id, { stream: recogniser.createStream(), sampleRate });
      tell({ kind: 'opened' });
      return;
    }
    const open = streams.get(order.id);
    if (!open) return;
    const { stream, sampleRate } = open;
    if (order.kind === 'audio') {
      stream.acceptWaveform({ samples: toFloat(order.samples), sampleRate });
      tell({ kind: 'partial', id: order.id, text: understand(stream).text });
      return;
    }
    streams.delete(order.id);
    if (order.kind === 'cancel') return;
    stream.acceptWaveform({ samples: new Float32Array(TAIL_SECONDS * sampleRate), sampleRate });
    stream.inputFinished();
    tell({ kind: 'result', id: order.id, alternatives: alternativesOf(understand(stream)) });
  };
  process.on('message', (order: SherpaOrder) => {
    try {
      take(order);
    } catch (error) {
      streams.delete(order.id);
      tell({ kind: 'failed', id: order.id, reason: String(error) });
    }
  });
  tell({ kind: 'ready' });
}

/** `ys_probs` are the logarithms of the tokens' probabilities, where the model gives them. */
function alternativesOf({
  text,
  ys_probs: probabilities = [],
}: {
  readonly text: string;
  readonly ys_probs?: number[];
}): readonly HeardText[] {
  const said = text.trim();
  if (said === '') return [];
  const mean = probabilities.reduce((sum, each) => sum + each, 0) / probabilities.length;
  return [{ text: said, confidence: probabilities.length > 0 ? Math.exp(Math.min(0, mean)) : 0.9 }];
}

try {
  await serve(childData<SherpaProgramData>());
} catch (error) {
  tell({ kind: 'unfit', reason: error instanceof Error ? error.message : String(error) });
}
