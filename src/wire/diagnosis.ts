/** The diagnosis over the real outside: what the command line and the workers share. */
import type { Clock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { CHECKS } from '../diagnosis/checks/index.ts';
import type { CauseMemory } from '../evidence/cause-memory.ts';
import { makeCredentials } from '../flow/credentials.ts';
import { type DiagnoseDeps, makeDiagnose, makeQuickLook } from '../flow/diagnose.ts';
import { makePreflight } from '../flow/preflight.ts';
import { makeScope } from '../flow/scope.ts';
import type { CredentialsUseCase, DiagnoseUseCase, PreflightUseCase, ScopeUseCase } from '../flow/use-cases.ts';
import { REMEDIES } from '../remediation/remedies/index.ts';
import type { Runbook } from '../runbook/runbook.ts';
import type { Outside } from './outside.ts';
import { loadRunbooks } from './runbooks.ts';
import { shown, shownBy } from './shown.ts';

export interface DiagnosisParts {
  readonly diagnose: DiagnoseUseCase;
  /** Within 5 seconds, for an alert's first look. */
  readonly quickLook: DiagnoseUseCase;
  readonly preflight: PreflightUseCase;
  readonly credentials: CredentialsUseCase;
  readonly scope: ScopeUseCase;
  readonly runbooks: readonly Runbook[];
}

/** `causes`: only where a store is; the command line has none. */
export function wireDiagnosis(
  config: Config,
  outside: Pick<Outside, 'readers' | 'credentialHosts' | 'ownCredential'>,
  clock: Clock,
  causes?: CauseMemory,
): DiagnosisParts {
  const runbooks = loadRunbooks(config.file.runbooks);
  const { readers, credentialHosts, ownCredential } = outside;
  const base = { clock, readers, hidesNamespaces: config.file.access.read.length > 0 };
  const deps: DiagnoseDeps = {
    ...base,
    runbooks,
    checks: CHECKS,
    remedies: REMEDIES,
    credentialHosts,
    ownCredential,
    sources: config.file.sources,
    ...(causes ? { causes } : {}),
  };
  const [credentials, scope] = [makeCredentials(base), makeScope(base)];
  return {
    diagnose: shownBy(makeDiagnose(deps)),
    quickLook: shownBy(makeQuickLook(deps)),
    preflight: shownBy(makePreflight(deps)),
    credentials: async (input) => shown(await credentials(input)),
    scope: async (input) => shown(await scope(input)),
    runbooks,
  };
}
