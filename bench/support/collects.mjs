/**
 * Loaded before what is measured. At SIGUSR2 each of its threads collects its garbage, and what is then held by all of
 * them together, heaps and buffers, is written into the file of HELD_FILE with `.` and the process's id behind it, in octets.
 */
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

/** Every thread has answered by then. */
const ANSWERED_MS = 1_500;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const threads = new BroadcastChannel('centralita-bench-held');
threads.unref();

function held() {
  collect();
  // What the first one frees may hold what is outside the heap.
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (isMainThread)
  process.on('SIGUSR2', () => {
    let octets = held();
    threads.onmessage = ({ data }) => {
      octets += data.held ?? 0;
    };
    threads.postMessage({});
    setTimeout(
      () => writeFileSync(`${process.env.HELD_FILE}.${process.pid}`, String(octets)),
      ANSWERED_MS,
    );
  });
else
  threads.onmessage = ({ data }) => {
    if (data.held === undefined) threads.postMessage({ held: held() });
  };
