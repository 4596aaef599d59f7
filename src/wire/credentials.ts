/** `pullcheck credentials -f`: from Secret manifests that are not applied yet, without a cluster. */
import { readFileSync } from 'node:fs';
import { errorLine, UsageError } from '../errors.ts';
import { type CredentialsView, credentialsView } from '../image/credentials-view.ts';
import { lookupCredentials } from '../image/keyring.ts';
import { readSecretManifests } from '../image/secret-manifests.ts';

/** File descriptor of standard input. */
const STDIN = 0;

/** Attached in the order given; `-` is standard input, as for kubectl. Throws UsageError for a file that cannot be used. */
export function credentialsInFiles(image: string, files: readonly string[]): CredentialsView {
  const secrets = files.flatMap((file) =>
    file === '-'
      ? readSecretManifests(textAt(STDIN, 'Standard input'), 'stdin')
      : readSecretManifests(textOf(file), file),
  );
  return credentialsView(lookupCredentials(image, secrets));
}

/** A file that the command line names. Throws UsageError `file-unreadable`. */
export function textOf(file: string): string {
  return textAt(file, file);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'it is a folder',
  EACCES: 'its rights do not let you',
  EPERM: 'its rights do not let you',
};

/** Node's error codes in words (errno(3)); an unknown code as it is. */
function whyNot(error: unknown): string {
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return REASONS[code] ?? (code === '' ? errorLine(error) : code);
}

function textAt(place: string | number, name: string): string {
  try {
    return readFileSync(place, 'utf8');
  } catch (error) {
    throw new UsageError({
      code: 'file-unreadable',
      message: `${name} cannot be read: ${whyNot(error)}.`,
      cause: error,
    });
  }
}
