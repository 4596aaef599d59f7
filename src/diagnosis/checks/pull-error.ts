/** What does the node itself say? The newest message, read as one of the closed kinds. */

import { formatDuration, formatTime } from '../../clock.ts';
import { hasStarted } from '../../evidence/crashes.ts';
import type { PullFailure } from '../../evidence/evidence.ts';
import type { Observation } from '../../evidence/observation.ts';
import type { ContainerSnapshot } from '../../evidence/snapshots.ts';
import { mirrorIn } from '../../image/mirror.ts';
import { type ImageReference, parseReference, repositoryName } from '../../image/reference.ts';
import { CAUSES } from '../catalogue.ts';
import type { Cause } from '../cause.ts';
import { type CheckResult, type Confidence, defineCheck, type Finding } from '../check.ts';
import { couldNotLook } from '../gaps.ts';
import { commandLine } from '../shell.ts';
import { list, minuteOf, tidy } from '../words.ts';

export const pullError = defineCheck({
  id: 'pull-error',
  question: 'What does the pull error say?',
  needs: ['container', 'pullFailure'],
  run({ container, pullFailure }): CheckResult {
    if (container.status === 'observed' && hasStarted(container.value))
      return past(container.value, pullFailure.status);
    if (pullFailure.status === 'observed') return failed(pullFailure.value, container);
    if (pullFailure.status === 'absent' && container.status === 'observed') {
      return { verdict: 'pass', note: 'neither the container’s status nor its events report a failed pull' };
    }
    return couldNotLook({ pullFailure, container });
  },
  command({ pod }) {
    if (pod?.status !== 'observed') return undefined;
    return commandLine('kubectl', 'describe', 'pod', pod.value.name, '-n', pod.value.namespace);
  },
});

function past(container: ContainerSnapshot, failure: string): CheckResult {
  const now = container.state === 'running' ? 'runs now' : 'has been started';
  return {
    verdict: 'pass',
    note:
      failure === 'observed'
        ? `an earlier pull failed, but the image is on the node and the container ${now}`
        : `the image is on the node, the container ${now}`,
  };
}

/** Whom the node asked in the registry's place. */
interface Place {
  readonly sentence: string;
  readonly detail: { readonly mirror: string; readonly registry: string };
}

/** containerd names what it failed on after it had read the reference: `…/blobs/sha256:…`, or `content descriptor sha256:… (TYPE)`. */
const PART = /(?:\/(manifests|blobs)\/|content descriptor )(sha256:[0-9a-f]{64})(?: \(([\w./+-]{1,100})\))?/;

/** What of the image the node failed on, where it is not what the reference itself names. */
function missingPart({ message }: PullFailure, container: Observation<ContainerSnapshot>): Finding['detail'] {
  const [, kind, digest = '', type] = PART.exec(message.slice(0, 20_000)) ?? [];
  const own = container.status !== 'observed' || container.value.image.endsWith(digest);
  if (digest === '' || own) return {};
  return { missingPart: `${kind === 'manifests' ? 'manifest' : (type ?? 'layer or config')} ${digest}` };
}

function placeOf({ message }: PullFailure, container: Observation<ContainerSnapshot>): Place | undefined {
  const parsed = container.status === 'observed' ? parseReference(container.value.image) : undefined;
  if (!parsed?.ok) return undefined;
  const mirror = mirrorIn(message, parsed.reference);
  if (mirror === undefined) return undefined;
  const what = mirror.isMirror ? 'a mirror' : 'a mirror, or where the registry sent it';
  const { registry } = parsed.reference;
  return {
    sentence: `The node asked ${tidy(mirror.host)} (${what}), not ${registry} itself.`,
    detail: { mirror: tidy(mirror.host), registry },
  };
}

/** The kubelet's own words around a pull, with the image as the spec has it; containerd's name the same before the kubelet adds its own. */
const PULLING = /\b(?:Back-off pulling|Failed to pull|failed to pull and unpack) image "([^"\s]{1,1024})"/;

/** The image that the kubelet speaks of, where it is not the container's own: a failed image volume is told as its container's (seen on 1.36). */
function otherImage({ message }: PullFailure, container: Observation<ContainerSnapshot>): string | undefined {
  const name = PULLING.exec(message.slice(0, 20_000))?.[1];
  const [told, own] = [name, container.status === 'observed' ? container.value.image : undefined].map((text) =>
    parseReference(text ?? ''),
  );
  if (!told?.ok || !own?.ok) return undefined;
  const isSame =
    repositoryName(told.reference) === repositoryName(own.reference) && selects(told.reference, own.reference);
  return isSame ? undefined : tidy(name ?? '');
}

/** Runtimes may leave out the tag beside a digest. */
function selects(told: ImageReference, own: ImageReference): boolean {
  if (told.digest !== undefined && own.digest !== undefined) return told.digest === own.digest;
  if (told.digest !== undefined && told.tag === undefined) return true;
  return (told.tag ?? 'latest') === (own.tag ?? 'latest');
}

function failed(failure: PullFailure, container: Observation<ContainerSnapshot>): CheckResult {
  const place = placeOf(failure, container);
  const other = otherImage(failure, container);
  const { cause, confidence } = reading(failure);
  const alternatives = leftOpen(failure, cause);
  const finding: Finding = {
    cause,
    confidence,
    because: ['pullFailure'],
    summary: [
      forbidden(cause, container) ?? sentence(failure, cause, alternatives),
      ...(place === undefined ? [] : [place.sentence]),
      ...mounted(other),
    ].join(' '),
    detail: {
      message: tidy(failure.message),
      reason: tidy(failure.reason),
      from: failure.from,
      host: failure.classification.host,
      runtime: failure.classification.runtime,
      ...place?.detail,
      ...missingPart(failure, container),
      ...(other === undefined ? {} : { otherImage: other }),
    },
    alternatives,
  };
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}

/** `other` leaves open whatever the words do not exclude: a list that long tells a person nothing, the raw words do. */
function leftOpen({ classification }: PullFailure, cause: Cause): readonly Cause[] {
  return cause === 'other' ? [] : classification.also.filter((other) => other !== cause);
}

/** The kubelet's reason says it all; what is missing where is what a person needs. */
function forbidden(cause: Cause, container: Observation<ContainerSnapshot>): string | undefined {
  return cause === 'never-pull-policy' && container.status === 'observed'
    ? `The pod forbids pulling (imagePullPolicy Never), and ${tidy(container.value.image)} is not on its node.`
    : undefined;
}

function mounted(image: string | undefined): readonly string[] {
  return image === undefined
    ? []
    : [
        `The image that cannot be pulled is ${image}, which is not the container’s own: look at the pod’s image volumes.`,
      ];
}

/** Reasons that the kubelet sets only for one thing: the words settle it, no registry was asked. */
const SETTLED: Readonly<Record<string, Cause>> = {
  InvalidImageName: 'invalid-reference',
  ErrImageNeverPull: 'never-pull-policy',
  SignatureValidationFailed: 'signature-rejected',
};

/** The kubelet's decoder of pull secrets writes its error into the waiting reason itself (seen on kubelet 1.36). */
const BROKEN_SECRET =
  /^(?:illegal base64 data|invalid character .* looking for|unexpected end of JSON input|json: cannot unmarshal)/;

function reading(failure: PullFailure): { cause: Cause; confidence: Confidence } {
  const settled = SETTLED[failure.reason];
  if (settled !== undefined && Object.hasOwn(SETTLED, failure.reason)) return { cause: settled, confidence: 'certain' };
  if (BROKEN_SECRET.test(failure.reason)) return { cause: 'pull-secret-malformed', confidence: 'certain' };
  const { kind } = failure.classification;
  const mute = kind === 'backoff-only' || kind === 'other';
  return { cause: kind, confidence: mute ? 'possible' : 'likely' };
}

function sentence(failure: PullFailure, cause: Cause, also: readonly Cause[]): string {
  if (failure.from === 'memory') return recalled(failure, cause, also);
  const source = failure.from === 'status' ? 'The container’s status' : 'An event of the pod';
  const open = also.length === 0 ? '' : ` The words also allow ${list(also)}.`;
  if (cause === 'backoff-only') return `${source} says only that the pull is being retried, not why.`;
  if (cause === 'other') return `${source} says: ${tidy(failure.message)}`;
  return `${source} reports: ${CAUSES[cause].title.toLowerCase()}.${particulars(failure.message)}${open}`;
}

/** What containerd says of a manifest that it does not take: the one thing that tells a person what is there. */
function particulars(message: string): string {
  const text = message.slice(0, 20_000);
  const [, size] = /\brejecting (\d{1,12}) byte manifest\b/.exec(text) ?? [];
  if (size !== undefined) return ` Its manifest has ${size} bytes, more than the runtime takes.`;
  // containerd takes `text/plain` for schema 1, because an old registry sends that for it (remotes/docker, getManifestMediaType);
  // containerd 1 then misses the signatures that only schema 1 has (remotes/docker/schema1).
  if (/\bschema ?1\b|: no signatures\s*$/i.test(text)) {
    return ' It was taken for a manifest of schema 1: it is one, or the registry sends it as text/plain.';
  }
  const [, type] = /\bunexpected media type ([\w.+/-]{1,100})/.exec(text) ?? [];
  return type === undefined ? '' : ` It was given ${type} where a manifest belongs.`;
}

/** The events are gone: what is said is old, and may have been another matter than what fails now. */
function recalled({ at, ageMs }: PullFailure, cause: Cause, also: readonly Cause[]): string {
  const age = ageMs === undefined ? 'earlier' : `${formatDuration(ageMs)} ago`;
  const when = at === undefined ? age : `${age}, at ${minuteOf(formatTime(at))}`;
  const open = also.length === 0 ? '' : ` The words also allowed ${list(also)}.`;
  return `The node says only that the pull is being retried. Remembered from ${when}: ${CAUSES[cause].title.toLowerCase()}.${open}`;
}
