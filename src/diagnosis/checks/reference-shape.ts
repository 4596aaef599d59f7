/** Is the image reference well formed? A broken one never reaches a registry. */

import { fullName } from '../../image/reference.ts';
import { type CheckResult, defineCheck } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { tidy } from '../words.ts';

export const referenceShape = defineCheck({
  id: 'reference-shape',
  question: 'Is the image reference well formed?',
  needs: ['reference'],
  run({ reference }): CheckResult {
    if (reference.status !== 'observed') return couldNotLook({ reference });
    const parsed = reference.value;
    if (parsed.ok) {
      return {
        verdict: 'pass',
        note: `it means ${fullName(parsed.reference)}`,
        ruledOut: [{ cause: 'invalid-reference', because: ['reference'] }],
      };
    }
    const summary = `The image "${tidy(parsed.fault.text)}" is not a reference: ${parsed.fault.sentence}.`;
    return {
      verdict: 'fail',
      note: summary,
      findings: [
        {
          cause: 'invalid-reference',
          confidence: 'certain',
          because: ['reference'],
          summary,
          detail: { image: tidy(parsed.fault.text), fault: parsed.fault.fault },
          alternatives: [],
        },
      ],
    };
  },
  command({ pod }) {
    if (pod?.status !== 'observed') return undefined;
    const { name, namespace } = pod.value;
    return commandLine('kubectl', 'get', 'pod', name, '-n', namespace, '-o', 'jsonpath={.spec..image}');
  },
});
