/** G.711 or G.722 (RFC 3551 table 4): every media server of ours speaks them, and answers whoever offers one. */
const COMMON = /^m=audio [1-9]\d*(?:\/\d+)? RTP\/AVP(?: \d+)*? [089](?:[ \r\n]|$)/m;

export const offersCommonCodec = (sdp: string): boolean => COMMON.test(sdp);
