import type { RtpSession } from '../rtp/rtp-session.ts';
import type { CallerProfile } from './caller-profile.ts';
import type { Variables } from './variables.ts';

/** RTP's counters under FreeSWITCH's names. */
export function setMediaStats(variables: Variables, rtp: RtpSession): void {
  const { stats, sender, jitter } = rtp;
  variables.setAll([
    ['rtp_audio_in_raw_bytes', stats.octets + 12 * stats.packets],
    ['rtp_audio_in_media_bytes', stats.octets],
    ['rtp_audio_in_packet_count', stats.packets],
    ['rtp_audio_in_media_packet_count', stats.packets],
    ['rtp_audio_in_skip_packet_count', stats.lost],
    ['rtp_audio_in_jitter_packet_count', jitter.late],
    ['rtp_audio_in_largest_jb_size', jitter.depth],
    ['rtp_audio_out_raw_bytes', sender.octets + 12 * sender.packets],
    ['rtp_audio_out_media_bytes', sender.octets],
    ['rtp_audio_out_packet_count', sender.packets],
    ['rtp_audio_out_media_packet_count', sender.packets],
  ]);
}

/** When a call began, was answered and ended, and how long it was. */
export function setDurations(variables: Variables, profile: CallerProfile): void {
  const { createdUs, answeredUs, hangupUs } = profile;
  const durationMs = Math.round((hangupUs - createdUs) / 1000);
  const billMs = answeredUs > 0 ? Math.round((hangupUs - answeredUs) / 1000) : 0;
  variables.setAll([
    ['start_uepoch', createdUs],
    ['answer_uepoch', answeredUs],
    ['end_uepoch', hangupUs],
    ['duration', Math.floor(durationMs / 1000)],
    ['billsec', Math.floor(billMs / 1000)],
    ['mduration', durationMs],
    ['billmsec', billMs],
  ]);
}
