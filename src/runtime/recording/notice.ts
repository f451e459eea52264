import { optional } from '../../lib/optional.ts';
import { type NoticeEvidence, noticeIn, type RecordingNotice } from '../../model/recording.ts';
import type { CallSession } from '../call-session.ts';
import { promptFiles } from '../flow/prompts.ts';
import type { World } from '../world.ts';

/** Whatever was uploaded: nobody listens to more than this before they may wait. */
const NOTICE_MS_MAX = 60_000;

/** Tells a caller that they may be recorded, and remembers what exactly was said, when, and what came of it. */
export class Notices {
  readonly #world: World;
  /** Of the calls that are being told now: the way to refuse. */
  readonly #telling = new Map<
    CallSession,
    { readonly refuseKey?: string; refuse(key: string): void }
  >();

  constructor(world: World) {
    this.#world = world;
  }

  /** A key while the notice is said: none of them is anybody else's. False: nothing is being said. */
  digit(session: CallSession, digit: string): boolean {
    const telling = this.#telling.get(session);
    if (!telling) return false;
    if (digit === telling.refuseKey) telling.refuse(digit);
    return true;
  }

  /** Resolves when it was said to its end, cut off or refused. Never rejects. */
  async tell(session: CallSession, notice: RecordingNotice): Promise<NoticeEvidence> {
    const { clock } = this.#world;
    const { language } = session.context;
    const { kind, said } = noticeIn(notice.message, language);
    let key: string | undefined;
    this.#telling.set(session, {
      ...optional('refuseKey', notice.refuseKey),
      refuse: (pressed) => {
        key = pressed;
        session.leg?.stopPlaying();
      },
    });
    const files = await this.#files(session, kind, said);
    const from = clock.now();
    const how = key === undefined ? await this.#play(session, files) : 'stopped';
    this.#telling.delete(session);
    const result = key === undefined ? (how === 'played' ? 'heard' : 'cut') : 'refused';
    const to = clock.now();
    return { version: notice.version, language, said, from, to, result, ...optional('key', key) };
  }

  async #files(session: CallSession, kind: 'text' | 'audio', said: string) {
    const { prompts, log } = this.#world;
    const prompt = kind === 'text' ? { kind, text: said } : { kind, name: said };
    return promptFiles({ prompts, session, log }, [prompt]);
  }

  /** A notice that cannot be spoken was not heard. */
  async #play(session: CallSession, files: readonly string[]): Promise<'played' | 'stopped'> {
    if (files.length === 0 || !session.leg || session.stage === 'ended') return 'stopped';
    const limit = this.#world.clock.after(NOTICE_MS_MAX, () => session.leg?.stopPlaying());
    const how = await session.leg.play(files);
    limit.cancel();
    return how;
  }
}
