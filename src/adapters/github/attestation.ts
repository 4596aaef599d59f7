/** What a build attestation says: in-toto statements inside Sigstore bundles. Read only; no signature is checked. */
import type { z } from 'zod';
import { type AttestationsAnswer, parseBody, Statement } from './schema.ts';

/** The run's page of the first statement about this digest that names one; undefined: no statement is about it. */
export function attestedRunOf(
  answer: z.infer<typeof AttestationsAnswer>,
  digest: string,
): { readonly run: string | undefined } | undefined {
  const [algorithm = '', hash = ''] = digest.split(':');
  const about = answer.attestations
    .map(({ bundle }) => statementOf(bundle?.dsseEnvelope?.payload))
    // A bundle that is only linked is about the digest too: it was asked for by it.
    .filter((statement) => statement === undefined || statement.subject.some((one) => one.digest[algorithm] === hash));
  if (about.length === 0) return undefined;
  return { run: about.map(runOf).find((run) => run !== undefined) };
}

function statementOf(payload: string | undefined): Statement | undefined {
  if (payload === undefined) return undefined;
  return Statement.safeParse(parseBody(Buffer.from(payload, 'base64').toString('utf8'))).data;
}

function runOf(statement: Statement | undefined): string | undefined {
  const { runDetails, metadata } = statement?.predicate ?? {};
  const id = runDetails?.metadata?.invocationId ?? metadata?.buildInvocationId ?? '';
  return /^https?:\/\/[^\s?#]{1,300}\/actions\/runs\/\d+(?:\/attempts\/\d+)?$/.test(id) ? id : undefined;
}
