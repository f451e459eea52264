/**
 * What asks a phone to pick up by itself: makers never agreed, so each finds its own word and passes over the others.
 *
 * | header                                     | obeyed by |
 * | ------------------------------------------ | --------- |
 * | `Call-Info: …;answer-after=0`              | Grandstream, Snom, AudioCodes, Gigaset, Linphone's and PJSIP's applications |
 * | `Alert-Info: …;info=alert-autoanswer;delay=0` | Yealink, Snom, Grandstream, Polycom (`alertInfo` with ring class `ringAutoAnswer`), Aastra and Mitel |
 * | `Answer-Mode: Auto`                        | RFC 5373: baresip from 1.1 |
 * | `P-Auto-Answer: normal`                    | RFC 4964's, older softphones |
 *
 * docs/people-outside.md says what has to be allowed on the phone, and where the makers say so.
 */
export const AUTO_ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'Call-Info': '<sip:centralita.invalid>;answer-after=0',
  'Alert-Info': '<http://centralita.invalid>;info=alert-autoanswer;delay=0',
  'Answer-Mode': 'Auto',
  'P-Auto-Answer': 'normal',
};
