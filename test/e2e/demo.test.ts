import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe } from 'node:test';
import { promisify } from 'node:util';
import type { Summary } from '../../demo/summary.ts';
import { Centralita } from '../support/centralita.ts';
import { scene } from '../support/stage.ts';

const CALLS = 3;

describe('npm run demo', () => {
  scene('finds the running system, and every caller is answered', async (stage) => {
    // As `npm start` has it: the example company, its phones asked now and then whether they live.
    const system = await Centralita.start({
      evidence: stage.evidence,
      env: { SIP_QUALIFY_SECONDS: '5' },
    });
    stage.atTheEnd(async () => void (await system.stop()));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'demo/index.ts', '--json', '--calls', String(CALLS), '--every', '0.5'],
      {
        env: {
          ...process.env,
          HTTP_PORT: new URL(system.api.base).port,
          SIP_HOST: system.sip.host,
          SIP_PORT: String(system.sip.port),
        },
      },
    );
    const { placed, answered, twoWayAudio, problems } = JSON.parse(stdout) as Summary;
    assert.deepEqual(
      { placed, answered, twoWayAudio, problems },
      {
        placed: CALLS,
        answered: CALLS,
        twoWayAudio: CALLS,
        problems: [],
      },
    );
  });
});
