/**
 * What asks a phone to pick up by itself: makers never agreed, so each finds its own word and passes over the others.
 *
 * | header                                     | obeyed by |
 * | ------------------------------------------ | --------- |
 * | `Call-Info: …;answer-after=0`              | Grandstream, AudioCodes, Gigaset, baresip from 1.1; Linphone tells its application |
 * | `Alert-Info: …;info=alert-autoanswer;delay=0` | Yealink, Snom, Gigaset, AudioCodes, Aastra, Polycom by a ring class |
 * | `Answer-Mode: Auto`                        | what RFC 5373 has made of it: baresip from 1.1 |
 * | `P-Auto-Answer: normal`                    | softphones that are built on PJSIP's examples |
 *
 * docs/people-outside.md says what has to be allowed on the phone, and where the makers say so.
 */
export const AUTO_ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'Call-Info': '<sip:centralita.invalid>;answer-after=0',
  'Alert-Info': '<http://centralita.invalid>;info=alert-autoanswer;delay=0',
  'Answer-Mode': 'Auto',
  'P-Auto-Answer': 'normal',
};
