import type { CompiledFlow } from './compiled.ts';
import type { RecordingAt } from './node.ts';
import { isRecording } from './prompt-schema.ts';

/** The recordings without which a flow says less than its author wrote. */
export function recordingsOf(flow: CompiledFlow): readonly RecordingAt[] {
  const named = Object.entries(flow.prompts).flatMap(([name, entry]) =>
    isRecording(entry) ? [{ name: entry.audio, place: `prompts.${name}.audio` }] : [],
  );
  const inNodes = [...flow.nodes].flatMap(([node, { kind, config }]) => [
    ...kind
      .prompts(config)
      .flatMap(({ place, refs }) =>
        refs.flatMap((ref, at) =>
          typeof ref !== 'string' && isRecording(ref)
            ? [{ name: ref.audio, place: `nodes.${node}.${place}[${at}].audio` }]
            : [],
        ),
      ),
    ...(kind.music?.(config) ?? []).map(({ name, place }) => ({
      name,
      place: `nodes.${node}.${place}`,
    })),
  ]);
  return [...named, ...inNodes];
}
