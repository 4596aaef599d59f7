/** Reads the recorded messages; labels come in the program's spelling. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const label = z.string().transform((text) => text.replaceAll('_', '-'));

const pullErrors = z.array(
  z.object({
    message: z.string(),
    waiting_reason: z.string().nullable(),
    cause: label,
    also: z.array(label),
    form: z.string(),
    runtime: z.string(),
    registry: z.string(),
  }),
);
const peerVectors = z.object({
  vectors: z.array(
    z.object({ id: z.string(), message: z.string(), expected: label, also: z.array(label), kind: z.string() }),
  ),
});
const realLine = z.object({
  case: z.string(),
  runtime: z.string(),
  reason: z.string(),
  message: z.string(),
  kinds: z.array(label),
});
const laterLine = z.object({
  kind: label,
  also: z.array(label),
  form: z.string(),
  source: z.string(),
  reason: z.string().nullish(),
  message: z.string(),
});
const keyringVectors = z.array(
  z.object({ auths: z.array(z.string()), image: z.string(), repo: z.string(), tried: z.array(z.string()) }),
);
const kubeletKeyring = z.array(
  z.object({
    image: z.string(),
    secrets: z.array(z.object({ name: z.string(), type: z.string(), data: z.record(z.string(), z.string()) })),
    repo: z.string().nullish(),
    error: z.enum(['invalid-image', 'secrets']).nullish(),
    tried: z.array(z.object({ secret: z.string(), username: z.string(), password: z.string() })).nullish(),
  }),
);

export interface Labelled {
  readonly name: string;
  readonly message: string;
  readonly reason: string | null;
  readonly label: string;
  readonly also: readonly string[];
  readonly form: string;
}

function text(file: string): string {
  return readFileSync(`test/corpus/${file}`, 'utf8');
}

export function publicMessages(): Labelled[] {
  return pullErrors.parse(JSON.parse(text('pull-errors.json'))).map((one, index) => ({
    name: `pull-errors ${index}`,
    message: one.message,
    reason: one.waiting_reason,
    label: one.cause,
    also: one.also,
    form: one.form,
  }));
}

export function peerMessages(): Labelled[] {
  return peerVectors.parse(JSON.parse(text('peer-vectors.json'))).vectors.map((one) => ({
    name: one.id,
    message: one.message,
    reason: null,
    label: one.expected,
    also: one.also,
    form: one.kind,
  }));
}

export function kubeletMessages(): Labelled[] {
  return text('real-kubelet.jsonl')
    .trim()
    .split('\n')
    .map((line) => realLine.parse(JSON.parse(line)))
    .map(({ case: fault, runtime, reason, message, kinds: [first = '', ...also] }) => ({
      name: `${fault} on ${runtime}`,
      message,
      reason,
      label: first,
      also,
      form: runtime,
    }));
}

/** Collected after the rules were written, and labelled by the definitions before the program read them. */
export function laterMessages(): Labelled[] {
  return lines('public-messages.jsonl');
}

/** The same, in batches that were measured one after the other; `corrected` tells where a label was not what the definition says. */
export function unseenMessages(): Labelled[] {
  return lines('unseen-messages.jsonl');
}

function lines(file: string): Labelled[] {
  return text(file)
    .trim()
    .split('\n')
    .map((line) => laterLine.parse(JSON.parse(line)))
    .map(({ kind, also, form, source, reason, message }) => ({
      name: `${source}: ${message.slice(-60)}`,
      message,
      reason: reason ?? null,
      label: kind,
      also,
      form,
    }));
}

export function mechanisms(): { kind: string; message: string }[] {
  return text('mechanisms.jsonl')
    .trim()
    .split('\n')
    .map((line) => z.object({ kind: z.string(), message: z.string() }).parse(JSON.parse(line)));
}

export function handMadeLookups(): z.infer<typeof keyringVectors> {
  return keyringVectors.parse(JSON.parse(text('keyring-vectors.json')));
}

export function kubeletLookups(): z.infer<typeof kubeletKeyring> {
  return kubeletKeyring.parse(JSON.parse(text('kubelet-keyring.json')));
}
