import { never } from '../../../lib/result.ts';
import type { AudioCodec, CodecName } from './codec.ts';
import { pcma, pcmu } from './g711.ts';
import { G722 } from './g722.ts';

/** A codec for one leg. */
export function createCodec(name: CodecName): AudioCodec {
  switch (name) {
    case 'PCMU':
      return pcmu;
    case 'PCMA':
      return pcma;
    case 'G722':
      return new G722();
    default:
      return never(name);
  }
}
