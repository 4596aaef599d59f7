/** The whole diagnosis over HTTP: the production readers, a simulated cluster, registries on loopback. */
import type { ClusterConnection } from '../../src/adapters/kubernetes/connect.ts';
import { createRegistryReader } from '../../src/adapters/registry/client.ts';
import { systemClock } from '../../src/clock.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import type { DiagnoseUseCase } from '../../src/flow/use-cases.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { loadRunbooks } from '../../src/wire/runbooks.ts';

/** `hosts`: registries that are asked in plain http. */
export function diagnoseOverHttp(connection: ClusterConnection, ...hosts: readonly string[]): DiagnoseUseCase {
  const registries = hosts.map((host) => ({ host, plainHttp: true }));
  return makeDiagnose({
    clock: systemClock,
    readers: (_cluster, meter) => {
      const registry = createRegistryReader({ meter, clock: systemClock, registries });
      return { cluster: connection.reader(meter), registry, close: () => registry.close() };
    },
    runbooks: loadRunbooks([]),
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts: [],
  });
}
