import { type Command, print } from '../command.ts';
import { clock, table } from '../table.ts';

interface Callback {
  readonly id: string;
  readonly queueId: string;
  readonly number: string;
  readonly stage: string;
  readonly notBefore: string;
  readonly attempts: number;
  readonly position?: number;
}

const callbacks: Command = {
  name: 'callbacks',
  usage: '',
  summary: 'Whom we have promised to ring back',
  arguments: { min: 0, max: 0 },
  async run(terminal) {
    const open = await terminal.client.list<Callback>('/v1/callbacks');
    print(terminal, open, () =>
      open.length === 0
        ? 'No call back is open.\n'
        : table(
            ['CALL BACK', 'QUEUE', 'NUMBER', 'STAGE', 'PLACE', 'TRIED', 'NOT BEFORE'],
            open.map((one) => [
              one.id,
              one.queueId,
              one.number,
              one.stage,
              one.position,
              one.attempts,
              one.notBefore,
            ]),
          ),
    );
    return 0;
  },
};

interface Voicemail {
  readonly id: string;
  readonly at: string;
  readonly durationMs: number;
  readonly ani?: string;
  readonly callerName?: string;
  readonly queueId?: string;
  readonly agentId?: string;
  readonly state: string;
}

const voicemails: Command = {
  name: 'voicemails',
  usage: '[--all]',
  summary: 'The messages that nobody has dealt with; --all: those, too, that somebody has',
  options: { all: { type: 'boolean', default: false } },
  arguments: { min: 0, max: 0 },
  async run(terminal, _args, values) {
    const query = values.all ? '' : '?state=new';
    const messages = await terminal.client.list<Voicemail>(`/v1/voicemails${query}`);
    print(terminal, messages, () =>
      messages.length === 0
        ? 'No messages.\n'
        : table(
            ['MESSAGE', 'LEFT AT', 'LONG', 'FROM', 'NAME', 'FOR', 'STATE'],
            messages.map((one) => [
              one.id,
              one.at,
              clock(one.durationMs / 1_000),
              one.ani,
              one.callerName,
              one.queueId ?? one.agentId,
              one.state,
            ]),
          ),
    );
    return 0;
  },
};

export const listCommands: readonly Command[] = [callbacks, voicemails];
