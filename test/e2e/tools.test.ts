import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import { Baresip } from '../support/baresip.ts';
import { Caller, type SippMedia } from '../support/caller.ts';
import { eventually } from '../support/eventually.ts';
import { writePcmaCapture } from '../support/pcap.ts';
import { type Stage, scene } from '../support/stage.ts';
import { listenToWav, TONES, toneSamples, writeWav } from '../support/tones.ts';

/** A phone that does not register: it is called where it listens. */
const nobody = {
  remote: { host: '127.0.0.1', port: 9 },
  user: '1001',
  password: 'none',
  toneHz: TONES.agent,
  registerSeconds: 0,
};

async function callBaresip(stage: Stage, sippMedia?: SippMedia) {
  const { evidence } = stage;
  const phone = await Baresip.start({ ...nobody, evidence });
  stage.atTheEnd(() => phone.stop());
  const caller = await Caller.dial({
    remote: { host: '127.0.0.1', port: phone.sipPort },
    evidence,
    dnis: '1001',
    ani: '5550001',
    name: 'Ána',
    ...(sippMedia ? { sippMedia } : {}),
  });
  stage.atTheEnd(() => caller.close());
  return { phone, caller };
}

/** The measuring instruments are checked against each other before anything is measured with them. */
describe('the test tools, without the system', () => {
  scene('a tone is found in a recording, and only where it is', async ({ evidence }) => {
    const path = evidence.file('tone.wav');
    const silence = new Int16Array(8000);
    writeWav(path, Int16Array.from([...silence, ...toneSamples(TONES.agent, 1), ...silence]));
    assert.deepEqual(
      listenToWav(path).stretches.map(({ what, fromMs, toMs }) => [what, fromMs, toMs]),
      [
        ['silence', 0, 1000],
        [TONES.agent, 1000, 2000],
        ['silence', 2000, 3000],
      ],
    );
  });

  scene('SIPp calls baresip, and our RTP and baresip hear each other', async (stage) => {
    const { phone, caller } = await callBaresip(stage);
    caller.rtp?.play(TONES.caller);
    const ringing = await phone.rings();
    assert.equal(ringing.peerdisplayname, 'Ána');
    await phone.answer();
    await caller.answered();
    await eventually('the caller to hear the agent', () =>
      caller.rtp?.heard.find(TONES.agent, 400),
    );
    await caller.press('5');
    await eventually('the agent to hear the caller', () => phone.heard().find(TONES.caller, 400));
    await caller.hold();
    await caller.resume();
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('SIPp has the audio: it plays a capture, and baresip hears it', async (stage) => {
    const path = stage.evidence.file('caller.pcap');
    writePcmaCapture(path, toneSamples(TONES.caller, 3));
    const { phone, caller } = await callBaresip(stage, { kind: 'capture', path });
    await phone.rings();
    await phone.answer();
    await eventually('the agent to hear the caller', () => phone.heard().find(TONES.caller, 400));
    await phone.hangUp();
    await caller.wasHungUp();
    await caller.sipp.done();
  });

  scene('SIPp has the audio: it echoes, and baresip hears itself', async (stage) => {
    const { phone, caller } = await callBaresip(stage, { kind: 'echo' });
    await phone.rings();
    await phone.answer();
    await eventually('the echo of the agent', () => phone.heard().find(TONES.agent, 400));
    await caller.hangUp();
    await phone.event('CALL_CLOSED');
  });

  scene('the phone of the demo calls baresip', async (stage) => {
    const phone = await Baresip.start({ ...nobody, evidence: stage.evidence });
    stage.atTheEnd(() => phone.stop());
    const box = await PhoneBox.open({ host: '127.0.0.1', port: phone.sipPort });
    stage.atTheEnd(() => box.close());
    const dialled = box.dial('1001', { ani: '5550001', name: 'Ána', listenFor: [TONES.agent] });
    assert.equal((await phone.rings()).peerdisplayname, 'Ána');
    await phone.answer();
    const call = await dialled;
    call.rtp.play(TONES.caller);
    await eventually('the caller to hear the agent', () => call.rtp.heard.find(TONES.agent, 400));
    await eventually('the agent to hear the caller', () => phone.heard().find(TONES.caller, 400));
    await phone.hangUp();
    assert.equal((await call.ended).by, 'remote');
  });
});
