import { lint } from '../acd/lint.ts';
import type { ConfigurationSource, Linter } from './ports.ts';

/** Lints what is stored, which is what the engine runs by. */
export const createLinter = (configuration: ConfigurationSource): Linter => ({
  async lint(figures) {
    const { queues, agents } = await configuration.load();
    return lint(queues, agents, figures);
  },
});
