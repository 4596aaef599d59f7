/**
 * How fast messages are classified: messages per second over the recorded ones, the slowest hundredth of them, and the time for
 * texts made to be slow. Run: `node bench/classify.ts`. Exit code 1 when an aim is missed.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { classifyLine } from '../src/image/classify-lines.ts';
import { hostileMessages } from '../test/image/hostile.ts';

const AIM_PER_SECOND = 10_000;
const AIM_HOSTILE_MS = 50;
const ROUNDS = 12;
/** A collection of garbage in the middle of one reading says nothing about the text. */
const TRIES = 3;

function lines(): string[] {
  const open = JSON.parse(readFileSync('test/corpus/pull-errors.json', 'utf8')) as {
    message: string;
    waiting_reason: string | null;
  }[];
  const others = ['real-kubelet', 'public-messages', 'unseen-messages', 'mechanisms'].flatMap((name) =>
    readFileSync(`test/corpus/${name}.jsonl`, 'utf8').trim().split('\n'),
  );
  return [...open.map(({ message, waiting_reason: reason }) => JSON.stringify({ message, reason })), ...others];
}

const work = lines();
for (const line of work) classifyLine(line);
const times: number[] = [];
const begun = process.cpuUsage();
for (let round = 0; round < ROUNDS; round += 1) {
  for (const line of work) {
    const start = performance.now();
    classifyLine(line);
    times.push(performance.now() - start);
  }
}
// CPU time, so that other work on the machine does not count: one core, one second.
const used = process.cpuUsage(begun);
const perSecond = Math.round((times.length / (used.user + used.system)) * 1_000_000);
const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0;
console.log(
  `${times.length} messages: ${perSecond} per second on one core, p99 ${(p99 * 1000).toFixed(0)} us (aim ${AIM_PER_SECOND} per second)`,
);

let slowest = 0;
for (const { name, message } of hostileMessages()) {
  const line = JSON.stringify({ message });
  let took = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const start = performance.now();
    classifyLine(line);
    took = Math.min(took, performance.now() - start);
  }
  slowest = Math.max(slowest, took);
  console.log(`${name.padEnd(36)} ${String(message.length).padStart(8)} characters ${took.toFixed(1).padStart(6)} ms`);
}
process.exitCode = perSecond < AIM_PER_SECOND || slowest > AIM_HOSTILE_MS ? 1 : 0;
