/**
 * The time `work` costs this process itself, in ms: the least of three runs, so that neither a busy machine nor the first run's
 * compilation counts. Only for bounds far above the usual time, which tell a hang from slow code; speed is measured in `bench/`.
 */
export function ownMs(work: () => void): number {
  const once = () => {
    const before = process.cpuUsage();
    work();
    return process.cpuUsage(before).user / 1000;
  };
  return Math.min(once(), once(), once());
}
