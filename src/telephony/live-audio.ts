import type { NewId } from '../lib/ids.ts';
import type { AudioSink, LiveAudio } from '../runtime/ports/hearing.ts';
import type { AudioForkServer } from './audio-fork.ts';
import type { Channel } from './channel.ts';

/** FreeSWITCH's answer where the module is not there. */
const NO_MODULE = /command not found/i;

/** What gives nothing, and says so a moment later. */
export const deafEar = (sink: AudioSink): LiveAudio => {
  let wanted = true;
  queueMicrotask(() => {
    if (wanted) sink.deaf('missing');
  });
  return {
    stop: () => {
      wanted = false;
    },
  };
};

/**
 * Has the media server send what a channel's far end says (drachtio's mod_audio_fork).
 *
 *   asked ──+OK──▶ giving ──stop──▶ over
 *     └──-ERR──▶ over ◀──lost── giving
 */
export function liveAudio(
  channel: Channel,
  forks: AudioForkServer,
  newId: NewId,
  sampleRate: number,
  sink: AudioSink,
): LiveAudio {
  const name = `hear-${newId()}`;
  let over = false;
  const leave = channel.listenedTo();
  const expected = forks.expect({
    audio: (samples) => sink.audio(samples),
    lost: () => end(() => sink.deaf('lost')),
  });
  const end = (tell: () => void): void => {
    if (over) return;
    over = true;
    leave();
    void channel.command('uuid_audio_fork', `stop ${name}`);
    expected.stop();
    tell();
  };
  // No metadata: the path says which call it is, and what is not sent cannot leak.
  const command = `start ${expected.url} mono ${sampleRate} ${name}`;
  void channel.command('uuid_audio_fork', command).then((answer) => {
    if (answer.startsWith('+OK')) return;
    end(() => sink.deaf(NO_MODULE.test(answer) ? 'missing' : 'lost'));
  });
  return { stop: () => end(() => {}) };
}
