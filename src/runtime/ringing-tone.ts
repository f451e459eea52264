/** 425 Hz, one second in five: what a telephone in Mexico rings with; Spain's is much like it (ITU-T E.180). */
export const RINGING_TONE = 'tone_stream://%(1000,4000,425)';
