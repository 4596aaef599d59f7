/**
 * Where an image says it was made: BuildKit's provenance beside it, labels of its config, annotations of its index. Facts: BuildKit
 * stores attestations as an index entry of platform unknown/unknown that is annotated `vnd.docker.reference.type:
 * attestation-manifest`, its layers are in-toto statements; the docker actions put the run's page into the builder's id. Bounded like
 * every question; blobs are redirected to a store, without the credential.
 */
import { createHash } from 'node:crypto';
import type { ImageOrigin } from '../../build/origin.ts';
import { parseTime } from '../../clock.ts';
import { type Observation, observed, unreachable } from '../../evidence/observation.ts';
import type { RegistryCredential } from '../../evidence/registry-access.ts';
import { type ImageReference, manifestSelector } from '../../image/reference.ts';
import { ask } from './ask.ts';
import { acceptManifests } from './manifest.ts';
import { originIn, readConfig, readOriginManifest, readStatement } from './origin-schema.ts';
import type { Answer, Call } from './transport.ts';

export interface OriginQuestion {
  readonly reference: ImageReference;
  readonly credential: RegistryCredential;
}

/** At most five requests: the index, its attestation and statement, one platform's manifest and config. */
export async function readOrigin(call: Call, question: OriginQuestion): Promise<Observation<ImageOrigin>> {
  const top = await get(call, question, `manifests/${manifestSelector(question.reference)}`);
  if (!('body' in top)) return top;
  const manifest = readOriginManifest(top.body);
  if (!manifest) return unreachable('the registry’s answer is no manifest');
  const digest = `sha256:${createHash('sha256').update(top.body).digest('hex')}`;
  const labels = { ...originIn(manifest.annotations), digest };
  const attestation = manifest.attestations[0];
  const runUrl = attestation === undefined ? undefined : await builderOf(call, question, attestation);
  // The run tells commit and repository better than a label can.
  if (runUrl !== undefined) return observed({ ...labels, runUrl });
  const described = manifest.config ?? (await configOf(call, question, manifest.images[0]));
  if (described === undefined) return observed(labels);
  const blob = await get(call, question, `blobs/${described}`);
  const config = 'body' in blob ? readConfig(blob.body) : undefined;
  const builtAt = parseTime(config?.created);
  return observed({ ...originIn(config?.labels), ...labels, ...(builtAt ? { builtAt } : {}) });
}

async function builderOf(call: Call, question: OriginQuestion, digest: string): Promise<string | undefined> {
  const answer = await get(call, question, `manifests/${digest}`);
  const statement = 'body' in answer ? readOriginManifest(answer.body)?.provenance : undefined;
  if (statement === undefined) return undefined;
  const blob = await get(call, question, `blobs/${statement}`);
  return 'body' in blob ? readStatement(blob.body) : undefined;
}

async function configOf(call: Call, question: OriginQuestion, digest: string | undefined): Promise<string | undefined> {
  if (digest === undefined) return undefined;
  const answer = await get(call, question, `manifests/${digest}`);
  return 'body' in answer ? readOriginManifest(answer.body)?.config : undefined;
}

async function get(
  call: Call,
  { credential }: OriginQuestion,
  path: string,
): Promise<Answer | Exclude<Observation<never>, { status: 'observed' }>> {
  const url = new URL(`/v2/${call.repository}/${path}`, call.host.endpoint.base);
  const accept = path.startsWith('manifests/') ? acceptManifests : '*/*';
  const asked = await ask(call, credential, { url, method: 'GET', what: 'manifest', headers: { accept } });
  if (asked.kind === 'failed') return gap(`the registry could not be asked (${asked.outcome.kind})`);
  const { answer } = asked;
  if (answer.status === 404) return gone;
  if (answer.status === 401 || answer.status === 403) return denied;
  if (answer.status !== 200 || answer.cut) return gap(`the registry answered ${answer.status}`);
  return answer;
}

type Gap = Exclude<Observation<never>, { status: 'observed' }>;
const gone: Gap = { status: 'absent' };
const denied: Gap = { status: 'unreachable', detail: 'the registry refused this credential' };

function gap(detail: string): Gap {
  return { status: 'unreachable', detail };
}
