/** Secret manifests that are not applied yet: YAML with several documents, JSON, or a List; `data` and `stringData`. */
import { parseAllDocuments } from 'yaml';
import { PullcheckError } from '../errors.ts';
import { Sealed } from '../sealed.ts';
import type { KeyringSecret } from './keyring-config.ts';
import { listManifest, manifest, secretManifest } from './secret-manifests-schema.ts';

/** A manifest that cannot be read: exit code 2. Never holds a value of the Secret. */
class ManifestError extends PullcheckError {}

/** The Secrets of one file, in file order; other kinds are passed over. `file` is only named in errors. Throws ManifestError. */
export function readSecretManifests(text: string, file: string): readonly KeyringSecret[] {
  const documents = parseAllDocuments(text, { logLevel: 'silent' });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document, index) => {
    const broken = document.errors[0];
    if (broken) {
      const [at] = broken.linePos ?? [];
      throw fault(file, at ? `line ${at.line} is not valid YAML` : `document ${index + 1} is not valid YAML`);
    }
    return secretsOf(plain(document, file), file, 0);
  });
}

/** The document's values; aliases that would expand without bound are refused. */
function plain(document: { toJS(options: { maxAliasCount: number }): unknown }, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    throw fault(file, 'an alias of the YAML cannot be resolved');
  }
}

function secretsOf(json: unknown, file: string, depth: number): readonly KeyringSecret[] {
  if (json === null || json === undefined) return [];
  const head = manifest.safeParse(json);
  if (!head.success) throw fault(file, 'a document is not a Kubernetes object: "kind" is missing');
  if (head.data.kind === 'List' || head.data.kind === 'SecretList') {
    const list = listManifest.safeParse(json);
    if (!list.success || depth > 3) throw fault(file, 'a List has no readable "items"');
    const kind = head.data.kind === 'SecretList' ? 'Secret' : undefined;
    return list.data.items.flatMap((item) => secretsOf(kind ? withKind(item, kind) : item, file, depth + 1));
  }
  return head.data.kind === 'Secret' ? [secretOf(json, file)] : [];
}

/** Items of a typed list do not repeat their kind. */
function withKind(item: unknown, kind: string): unknown {
  return item !== null && typeof item === 'object' && !('kind' in item) ? { ...item, kind } : item;
}

function secretOf(json: unknown, file: string): KeyringSecret {
  const parsed = secretManifest.safeParse(json);
  if (!parsed.success) {
    throw fault(
      file,
      `a Secret cannot be read: "${parsed.error.issues[0]?.path.map(String).join('.') ?? ''}" has the wrong type`,
    );
  }
  const { metadata, type, data, stringData } = parsed.data;
  const name = metadata.name ?? metadata.generateName ?? '';
  const values: Record<string, Sealed> = {};
  for (const [key, value] of Object.entries(data ?? {}))
    values[key] = decoded(value ?? '', `${file}: Secret "${name}"`, key);
  // The API server writes stringData over data.
  for (const [key, value] of Object.entries(stringData ?? {})) values[key] = new Sealed(value ?? '');
  return { name, type: type ?? 'Opaque', data: values };
}

/** The API server refuses data that is not base64; line breaks inside are allowed. */
function decoded(value: string, where: string, key: string): Sealed {
  const text = value.replace(/[\r\n]/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    throw new ManifestError({
      code: 'manifest-invalid',
      message: `${where}: data."${key}" is not base64`,
      hint: 'The API server would refuse this manifest. Put plain text under stringData instead.',
    });
  }
  return new Sealed(Buffer.from(text, 'base64').toString('utf8'));
}

function fault(file: string, what: string): ManifestError {
  return new ManifestError({
    code: 'manifest-invalid',
    message: `${file}: ${what}`,
    hint: 'Pass Secret manifests as kubectl apply takes them.',
  });
}
