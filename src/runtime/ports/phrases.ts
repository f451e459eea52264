/** What an agent's phone may be told after a feature code, or a key. */
export type FeaturePhrase =
  | 'signedIn'
  | 'signedOut'
  | 'ready'
  | 'notReady'
  | 'wrapUpDone'
  | 'disposed'
  | 'recording'
  | 'recordingPaused'
  | 'enterPin'
  | 'wrongPin'
  | 'locked'
  | 'unknownCode'
  | 'refused';
