/**
 * The time `work` costs this process itself, in ms: of up to three runs the first that stays below `bound`, so that neither a busy
 * machine nor a first run's compilation counts. Only for bounds far above the usual time, which tell a hang from slow code; speed is
 * measured in `bench/`.
 */
export function ownMs(work: () => void, bound: number): number {
  const once = () => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user / 1000;
  };
  let least = once();
  for (let more = 2; more > 0 && least >= bound; more -= 1) least = Math.min(least, once());
  return least;
}
