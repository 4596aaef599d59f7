import type { Runbook } from './runbook.ts';

/** The first runbook whose trigger names the alert or the waiting reason, in the order configured; undefined: none fits. */
export function selectRunbook(
  runbooks: readonly Runbook[],
  signal: { readonly alert?: string; readonly reason?: string },
): Runbook | undefined {
  return runbooks.find(
    ({ trigger }) =>
      (signal.alert !== undefined && trigger.alerts.includes(signal.alert)) ||
      (signal.reason !== undefined && trigger.reasons.includes(signal.reason)),
  );
}
