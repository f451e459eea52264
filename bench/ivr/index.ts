/**
 * `npm run bench:ivr`: how fast flows are. Prints JSON, and fails when a goal is missed.
 *
 *   npm run bench:ivr -- [--json] [--calls N]
 */

import { parseArgs } from 'node:util';
import { measureInterpreter } from './interpreter.ts';
import { measureMenus } from './menus.ts';
import { measurePrompts } from './prompts.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: true },
    calls: { type: 'string', default: '200' },
  },
});

const figures = {
  interpreter: measureInterpreter(),
  prompts: await measurePrompts(),
  menus: await measureMenus(Number(values.calls)),
};
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
process.exitCode = Object.values(figures).every(({ reached }) => reached) ? 0 : 1;
process.exit();
