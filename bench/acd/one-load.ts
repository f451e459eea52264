import { measure } from './measure.ts';

/** `one-load.js '[load, commands, repetitions]'`: what was measured, as JSON. */
const task: Parameters<typeof measure> = JSON.parse(process.argv[2] ?? '');
process.stdout.write(JSON.stringify(measure(...task)));
