// The door of the room: how what is not fixed text is put into words, in every language.
import type { Language } from '../model/contact.ts';
import { grammars } from './languages.ts';
import type { Grammar } from './rules.ts';

export { WAIT_MINUTES } from './bounds.ts';
export { formatProblem, sayAs } from './formats.ts';
export type { Gender, Noun } from './nouns.ts';
export { type Piece, piecesOf, piecesToRender, type Template, type Vocabulary } from './pieces.ts';
export type { Grammar } from './rules.ts';
export { NUMBER_MAX, ORDINAL_MAX, PEOPLE_MAX } from './rules.ts';

export const grammarOf = (language: Language): Grammar => grammars[language];
