// A process of its own that has three steps of a call delivered, until it is killed. Arguments: database, folder, call.
import { systemClock as clock } from '../../src/lib/clock.ts';
import { silentLogger as log } from '../../src/lib/log.ts';
import { callId } from '../../src/model/ids.ts';
import { openStore } from '../../src/store/store.ts';
import { testWebhooks } from './api.ts';

const [databaseUrl = '', dataDir = '', call = ''] = process.argv.slice(2);
const store = await openStore({ databaseUrl, dataDir, log, clock });
const sink = (await testWebhooks(store)).tap(store.records);
for (const [index, type] of ['call.arrived', 'call.queued', 'call.connected'].entries())
  sink.event({ callId: callId(call), seq: index + 1, at: clock.now(), type, data: {} });
