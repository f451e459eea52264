import type { HeardText } from '../../src/runtime/ports/hearing.ts';

/** What a session tells, for tests to look at. */
export class Listener {
  spoke = 0;
  heard: readonly HeardText[] | undefined;
  not: string | undefined;

  readonly events = {
    speaking: () => {
      this.spoke += 1;
    },
    heard: (alternatives: readonly HeardText[]) => {
      this.heard = alternatives;
    },
    notHeard: (why: string) => {
      this.not = why;
    },
  };

  over = () => this.heard !== undefined || this.not !== undefined;
}
