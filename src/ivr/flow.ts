// The door of the room: everything that others may use of the flow interpreter.

export type { CompiledFlow } from './compiled.ts';
export { type FlowStep, startFlow, stepFlow } from './interpreter.ts';
export type { FlowConfiguration, Moment } from './moment.ts';
export { FlowLibrary, flowChecker, parseFlow } from './parse.ts';
export { recordingsOf } from './recordings.ts';
export { flowSchema, flowSchemaText } from './schema.ts';
export { messageTexts, type SpokenText, spokenTexts } from './spoken-texts.ts';
export type { FlowState } from './state.ts';
export { upcoming } from './upcoming.ts';
