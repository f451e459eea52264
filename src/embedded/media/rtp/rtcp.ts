import {
  RtcpPacketConverter,
  RtcpReceiverInfo,
  RtcpRrPacket,
  RtcpSenderInfo,
  RtcpSourceDescriptionPacket,
  RtcpSrPacket,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from 'werift-rtp';
import type { ReceiverStats } from './receiver-stats.ts';
import type { RtpSender } from './sender.ts';

/** Seconds between 1900 and 1970. */
const NTP_EPOCH = 2_208_988_800;
const CNAME = 1;

/** What the far end's last sender report said, for our next report. */
export interface LastSenderReport {
  readonly middle: number;
  readonly receivedAtMs: number;
}

/** A compound packet (RFC 3550 section 6.1): SR while we send, RR otherwise, and our CNAME. */
export function buildReport(
  sender: RtpSender,
  stats: ReceiverStats,
  last: LastSenderReport | undefined,
  nowMs: number,
  cname: string,
): Buffer {
  const reports = stats.packets > 0 ? [receiverInfo(stats, last, nowMs)] : [];
  const first =
    sender.packets > 0
      ? new RtcpSrPacket({ ssrc: sender.ssrc, senderInfo: senderInfo(sender, nowMs), reports })
      : new RtcpRrPacket({ ssrc: sender.ssrc, reports });
  const description = new RtcpSourceDescriptionPacket({
    chunks: [
      new SourceDescriptionChunk({
        source: sender.ssrc,
        items: [new SourceDescriptionItem({ type: CNAME, text: cname })],
      }),
    ],
  });
  return Buffer.concat([first.serialize(), description.serialize()]);
}

function senderInfo(sender: RtpSender, nowMs: number): RtcpSenderInfo {
  const seconds = BigInt(Math.floor(nowMs / 1000) + NTP_EPOCH);
  const fraction = BigInt(Math.floor(((nowMs % 1000) / 1000) * 2 ** 32));
  return new RtcpSenderInfo({
    ntpTimestamp: (seconds << 32n) | fraction,
    rtpTimestamp: sender.lastTimestamp,
    packetCount: sender.packets >>> 0,
    octetCount: sender.octets >>> 0,
  });
}

function receiverInfo(
  stats: ReceiverStats,
  last: LastSenderReport | undefined,
  nowMs: number,
): RtcpReceiverInfo {
  return new RtcpReceiverInfo({
    ssrc: stats.ssrc,
    fractionLost: stats.fractionLost(),
    packetsLost: Math.min(0x7fffff, stats.lost),
    highestSequence: stats.highestSequence >>> 0,
    jitter: Math.round(stats.jitter),
    lsr: last?.middle ?? 0,
    dlsr: last ? Math.round((nowMs - last.receivedAtMs) * 65.536) : 0,
  });
}

/** Reads a compound packet that a stranger may have sent; nothing of it is trusted. */
export function readSenderReport(packet: Buffer, nowMs: number): LastSenderReport | undefined {
  try {
    for (const part of RtcpPacketConverter.deSerialize(packet)) {
      if (!(part instanceof RtcpSrPacket)) continue;
      const middle = Number((part.senderInfo.ntpTimestamp >> 16n) & 0xffff_ffffn);
      return { middle, receivedAtMs: nowMs };
    }
  } catch {
    // Malformed RTCP is dropped without a word (RFC 3550 appendix A.2).
  }
  return undefined;
}
