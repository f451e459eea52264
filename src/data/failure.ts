import type { RequestAnswer } from '../runtime/ports/index.ts';

type Why = Extract<RequestAnswer, { ok: false }>['why'];

/** Why a system of the company's did not answer, or not with anything that can be used. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly why: Why;
  /** What it answered with, if it answered. */
  readonly status: number | undefined;

  constructor(why: Why, status?: number, cause?: unknown) {
    super(status === undefined ? why : `${why} ${status}`, { cause });
    this.why = why;
    this.status = status;
  }

  /** Worth a second attempt: it may well be over in a moment. */
  get passes(): boolean {
    if (this.why === 'status') return [429, 502, 503, 504].includes(this.status ?? 0);
    return this.why === 'timeout' || this.why === 'unreachable';
  }

  /** The other side is not well: enough of these, and it is left in peace for a while. */
  get isTheirs(): boolean {
    if (this.why === 'status') return (this.status ?? 0) >= 500;
    return ['timeout', 'unreachable', 'notJson', 'tooLarge'].includes(this.why);
  }
}
