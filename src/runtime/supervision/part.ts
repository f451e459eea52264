import type { CallSession } from '../call-session.ts';

/** What the rest of the shell tells whoever lets supervisors listen. */
export interface SupervisionPart {
  /** A phone of the house has dialled the code: its caller is the supervisor. False: it was no such code. */
  dialled(session: CallSession): boolean;
  /** A key of somebody who listens by having dialled. True: it was. */
  digit(session: CallSession, digit: string): boolean;
  /** The call is over: of those who were listened to, or of the phone that listened. */
  finished(session: CallSession): void;
}
