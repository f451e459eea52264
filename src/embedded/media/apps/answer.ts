import type { Activity } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';

/** `answer`: ends when media may flow, which for a late offer is at the ACK. */
export class AnswerActivity implements Activity {
  readonly #channel: Channel;
  #finish: () => void = () => undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  start(finish: () => void): void {
    this.#finish = finish;
    const channel = this.#channel;
    channel.signalling
      .answer()
      .then((answered) => {
        if (!channel.up) return;
        if (answered) {
          if (channel.variables.get('switch_r_sdp') !== undefined) this.#tellEarly();
          channel.setAnswered();
          finish();
        } else channel.hangup('INCOMPATIBLE_DESTINATION');
      })
      .catch((error: unknown) => {
        channel.core.logger.error({ error: String(error) }, 'Answering failed unexpectedly.');
        channel.hangup('NORMAL_TEMPORARY_FAILURE');
      });
  }

  interrupt(): void {
    this.#finish();
  }

  #tellEarly(): void {
    if (this.#channel.answered) return;
    this.#channel.setEarly();
    this.#channel.fire('CHANNEL_PROGRESS_MEDIA');
    this.#channel.setCallState('EARLY');
  }
}
