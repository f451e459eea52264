/** What an agent's phone may be told after a feature code. */
export type FeaturePhrase =
  | 'signedIn'
  | 'signedOut'
  | 'ready'
  | 'notReady'
  | 'wrapUpDone'
  | 'disposed'
  | 'enterPin'
  | 'wrongPin'
  | 'locked'
  | 'unknownCode'
  | 'refused';
