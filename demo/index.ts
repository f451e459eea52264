/**
 * `npm run demo`: callers and agents that are real SIP clients with real RTP place calls through the running
 * system, or through one that is started for it. Needs nothing but the packages of package.json.
 *
 *   npm run demo -- [--calls N] [--every SECONDS] [--json]
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type CallerStory, placeCall } from './callers.ts';
import { PhoneBox } from './phone/phone-box.ts';
import { type Conversation, callStaffIn, sendStaffHome } from './staff.ts';
import { inWords, type Summary, summarise } from './summary.ts';
import { findOrStartSystem, type RunningSystem } from './system.ts';

const CALLS_DEFAULT = 20;
const CALLS_MAX = 10_000;
const EVERY_SECONDS_DEFAULT = 2;
/** As many as six agents can have and a queue besides: a demonstration, not a load test. */
const AT_ONCE_MAX = 20;

const values = readArguments();
const calls = Number(values.calls);
const everySeconds = Number(values.every);
if (!Number.isInteger(calls) || calls < 1 || calls > CALLS_MAX)
  refuse(`--calls: 1 to ${CALLS_MAX}.`);
if (!(everySeconds >= 0)) refuse('--every: seconds, 0 or more.');

const say = (text: string): void => {
  if (!values.json) process.stdout.write(text);
};

try {
  const summary = await demonstrate();
  process.stdout.write(values.json ? `${JSON.stringify(summary)}\n` : `\n\n${inWords(summary)}\n`);
  process.exitCode = summary.problems.length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`The demo could not go on. ${(error as Error).message}\n`);
  process.exitCode = 1;
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        calls: { type: 'string', default: String(CALLS_DEFAULT) },
        every: { type: 'string', default: String(EVERY_SECONDS_DEFAULT) },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(why: string): never {
  process.stderr.write(`${why}\nnpm run demo -- [--calls N] [--every SECONDS] [--json]\n`);
  process.exit(2);
}

async function demonstrate(): Promise<Summary> {
  say('Looking for a running system, or starting one …\n');
  const system = await findOrStartSystem(process.env);
  say(
    system.found
      ? `Found one: SIP at ${system.sip.host}:${system.sip.port}.\n`
      : 'Started one of its own, with a data folder that is gone afterwards.\n',
  );
  try {
    return await withPhones(system);
  } finally {
    await system.close();
  }
}

async function withPhones(system: RunningSystem): Promise<Summary> {
  const phones = await PhoneBox.open(system.sip, system.sip.host);
  const conversations: Conversation[] = [];
  try {
    say('Six agents register, sign in and are ready …\n');
    await callStaffIn(phones, (conversation) => conversations.push(conversation));
    const started = performance.now();
    const stories = await placeAll(phones, conversations);
    await delay(500);
    const seconds = (performance.now() - started) / 1000;
    await sendStaffHome(phones);
    return summarise(calls, stories, conversations, seconds);
  } finally {
    await phones.close();
  }
}

async function placeAll(
  phones: PhoneBox,
  conversations: readonly Conversation[],
): Promise<readonly CallerStory[]> {
  const stories: CallerStory[] = [];
  const going = new Set<Promise<void>>();
  for (let index = 0; index < calls; index++) {
    const call = placeCall(phones, index).then((story) => {
      stories.push(story);
      going.delete(call);
      progress(stories, going.size, conversations);
    });
    going.add(call);
    progress(stories, going.size, conversations);
    if (going.size >= AT_ONCE_MAX) await Promise.race(going);
    if (index < calls - 1) await delay(everySeconds * 1000);
  }
  await Promise.all(going);
  return stories;
}

function progress(
  stories: readonly CallerStory[],
  going: number,
  conversations: readonly Conversation[],
): void {
  const talking = conversations.filter(({ call }) => !call.over).length;
  const done = stories.length;
  const line = `${done} of ${calls} calls over, ${going} in progress, ${talking} talking`;
  say(process.stdout.isTTY ? `\r${line.padEnd(78)}` : `${line}\n`);
}
