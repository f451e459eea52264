/**
 * `npm run bench:ivr`: how fast flows are. Prints JSON, and fails when a goal is missed.
 *
 *   npm run bench:ivr -- --json
 */

import { parseArgs } from 'node:util';
import { measureInterpreter } from './interpreter.ts';
import { measurePrompts } from './prompts.ts';

parseArgs({ options: { json: { type: 'boolean', default: true } } });

const figures = { interpreter: measureInterpreter(), prompts: await measurePrompts() };
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
process.exitCode = Object.values(figures).every(({ reached }) => reached) ? 0 : 1;
