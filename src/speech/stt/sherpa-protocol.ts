import type { HeardText } from '../../runtime/ports/hearing.ts';
import type { SherpaModel } from './sherpa-model.ts';

/** What the program is given when it starts. */
export interface SherpaProgramData {
  readonly model: SherpaModel;
  readonly threads: number;
}

/** To the program. */
export type SherpaOrder =
  | { readonly kind: 'open'; readonly id: number; readonly sampleRate: number }
  | { readonly kind: 'audio'; readonly id: number; readonly samples: Int16Array }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'cancel'; readonly id: number };

/** From the program. */
export type SherpaNews =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unfit'; readonly reason: string }
  /** All that was sent before is understood. */
  | { readonly kind: 'opened' }
  | { readonly kind: 'partial'; readonly id: number; readonly text: string }
  | { readonly kind: 'result'; readonly id: number; readonly alternatives: readonly HeardText[] }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };
