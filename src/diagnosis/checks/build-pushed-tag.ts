/** Did a build push what the pod asks for? Only asked where it is missing: from the tag back to the job that lost it. */

import { isMissing } from '../../evidence/elsewhere.ts';
import type { EvidenceView } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { judgeTrace } from '../trace/judge.ts';
import { originNote } from '../trace/stale.ts';

type View = EvidenceView<'reference' | 'registryAccess' | 'tags' | 'buildTrace'>;

export const buildPushedTag = defineCheck({
  id: 'build-pushed-tag',
  question: 'Did a build push this tag?',
  needs: ['reference', 'registryAccess', 'tags', 'buildTrace'],
  run(evidence): CheckResult {
    const { reference, registryAccess, buildTrace } = evidence;
    if (reference.status !== 'observed') return couldNotLook({ reference });
    if (!reference.value.ok) return { verdict: 'not-applicable', note: 'the reference cannot be parsed' };
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess });
    const missing = isMissing(registryAccess.value);
    if (buildTrace.status === 'not-collected') {
      if (!missing) return { verdict: 'not-applicable', note: 'the registry did not say that the image is missing' };
      return { verdict: 'inconclusive', note: buildTrace.reason, missing: ['buildTrace'] };
    }
    if (buildTrace.status !== 'observed') return couldNotLook({ buildTrace });
    return missing ? judge(evidence, buildTrace.value) : { verdict: 'pass', note: originNote(buildTrace.value) };
  },
  command({ buildTrace }) {
    if (buildTrace?.status !== 'observed') return undefined;
    const { repository, commit, runs } = buildTrace.value;
    const run = valueOf(runs)?.[0]?.run;
    if (run !== undefined) return commandLine('gh', 'run', 'view', String(run.id), '--repo', repository, '--log');
    const sha = valueOf(commit)?.sha;
    return commandLine('gh', 'run', 'list', '--repo', repository, ...(sha === undefined ? [] : ['--commit', sha]));
  },
});

function judge({ reference, tags }: View, trace: Parameters<typeof judgeTrace>[0]['trace']): CheckResult {
  if (reference.status !== 'observed' || !reference.value.ok) return couldNotLook({ reference });
  const listed = valueOf(tags);
  const names = listed?.kind === 'listed' ? listed.names : [];
  const judged = judgeTrace({ image: reference.value.reference, names, trace });
  if (judged.is === 'open') return { verdict: 'inconclusive', note: judged.note, missing: ['buildTrace'] };
  const { findings, ruledOut } = judged;
  return { verdict: 'fail', note: findings[0].summary, findings, ruledOut };
}
