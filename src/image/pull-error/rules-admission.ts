/** The API server turned an object away before any node saw it: webhooks and policies of the cluster. No registry refused anything. */
import type { PullErrorKind } from '../pull-error.ts';
import { met } from './met.ts';
import { type Failure, type Rule, type Verdict, verdict } from './rule.ts';
import { has } from './words.ts';

export const ADMISSION_RULES: readonly Rule[] = [unreachable, denied, unsaid];

/** The webhook itself did not answer the API server: what stands behind is that connection's failure, not the pull's. */
function unreachable({ text }: Failure): Verdict | undefined {
  return has(text, ['failed calling webhook', 'failed to call webhook', 'failed calling admission webhook'])
    ? { kind: 'other', also: [...met(text), 'signature-rejected'] }
    : undefined;
}

/** Signatures have a kind; every other rule of the cluster (which registries, which tags, who runs as root) has none. */
function denied({ text }: Failure): Verdict | undefined {
  const words = [
    'admission webhook',
    'admission control',
    'admission policy',
    'admissionpolicy',
    'image policy webhook',
    'webhook backend',
    'due to the following polic',
    'enforced polic',
  ];
  if (!has(text, words)) return undefined;
  return isAboutSignatures(text)
    ? { kind: 'signature-rejected', also: [...new Set<PullErrorKind>(['forbidden', 'other', ...met(text)])] }
    : verdict('other', 'signature-rejected', 'forbidden');
}

/** The API server's own fault, cut before it is told: it speaks of no registry. */
function unsaid({ text }: Failure): Verdict | undefined {
  return text.includes('internal error occurred')
    ? verdict('other', 'signature-rejected', 'forbidden', 'registry-error')
    : undefined;
}

function isAboutSignatures(text: string): boolean {
  return (
    has(text, ['‹signer›', 'signature', 'cosign', 'notary', 'attest', 'sigstore', 'keyless', 'binary authorization']) ||
    has(text, ['trust data', 'content trust', 'failed verification', 'failed to verify', 'verification failed']) ||
    /\b(?:un)?signed\b(?! by)/.test(text)
  );
}
