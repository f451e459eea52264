// The door of the room: everything that others may use of caller identification.
export { AUTO_ANSWER_HEADERS } from './auto-answer.ts';
export {
  countryOf,
  isCountry,
  isSubscriber,
  type NumberCountry,
  premiumCallingCode,
} from './country.ts';
export { identify } from './identify.ts';
export { type CallerNumber, normalise, readNumber } from './number.ts';
export { describeCaller, type ScreenPop } from './screen-pop.ts';
