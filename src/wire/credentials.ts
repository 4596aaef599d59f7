/** `pullcheck credentials -f`: from Secret manifests that are not applied yet, without a cluster. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { type CredentialsView, credentialsView } from '../image/credentials-view.ts';
import { lookupCredentials } from '../image/keyring.ts';
import { readSecretManifests } from '../image/secret-manifests.ts';

/** Attached in the order given. Throws UsageError for a file that cannot be used. */
export function credentialsInFiles(image: string, files: readonly string[]): CredentialsView {
  const secrets = files.flatMap((file) => readSecretManifests(textOf(file), file));
  return credentialsView(lookupCredentials(image, secrets));
}

/** A file that the command line names. Throws UsageError `file-unreadable`. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError({ code: 'file-unreadable', message: `${file} cannot be read.`, cause: error });
  }
}
