import type { PromptRenderer } from '../../src/runtime/ports/index.ts';

/** Plays texts as if they were files: what was played can be read. */
export const textPrompts: PromptRenderer = {
  speak: async ({ text }) => ({ files: [text] }),
  ready: ({ text }) => [text],
  say: async ({ text }) => [text],
  render: async (text) => text,
  prepare: () => {},
  audio: (name) => name,
};
