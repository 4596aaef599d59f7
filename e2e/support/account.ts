/** The service account of deploy/base, so that a missing or superfluous right shows in these suites. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { apply, dir, eventually, kubeconfig, kubectl, run } from './box.ts';

/** Applies the base (without waiting for its pods: no image of ours exists here). */
export async function installBase(): Promise<void> {
  await kubectl('apply', '-f', 'deploy/base/namespace.yaml');
  for (const file of ['service-account.yaml', 'cluster-role.yaml'])
    await kubectl('apply', '-n', 'pullcheck', '-f', `deploy/base/${file}`);
}

/** Namespaces with their service accounts, in each of which the overlay is applied; in a few calls, however many they are. */
export async function rooms(
  names: readonly string[],
  overlay: 'read-pull-secrets' = 'read-pull-secrets',
): Promise<void> {
  await apply(...names.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
  const documents = parseAllDocuments(await kubectl('kustomize', `deploy/overlays/${overlay}`));
  const objects = documents.map((document): { metadata: object } => document.toJS());
  await apply(
    ...names.flatMap((namespace) =>
      objects.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } })),
    ),
  );
  await eventually('service accounts', async () => {
    const accounts = '-ojsonpath={range .items[*]}{.metadata.namespace}{"\\n"}{end}';
    const all = await kubectl('get', 'serviceaccounts', '-A', '--field-selector=metadata.name=default', accounts);
    const there = new Set(all.split('\n'));
    return names.every((name) => there.has(name)) ? true : undefined;
  });
}

/** Applies an overlay in one namespace. */
export async function grant(
  overlay: 'read-pull-secrets' | 'find-pull-secrets' | 'read-logs' | 'remedies',
  namespace: string,
): Promise<void> {
  const rendered = await kubectl('kustomize', `deploy/overlays/${overlay}`);
  const applied = await run('kubectl', ['apply', '-n', namespace, '-f', '-'], { input: rendered });
  if (applied.code !== 0) throw new Error(applied.err);
}

/** A kubeconfig that is a service account (default: `pullcheck`); gives its path. */
export async function accountKubeconfig(name = 'pullcheck'): Promise<string> {
  const token = (await kubectl('create', 'token', name, '-n', 'pullcheck', '--duration=2h')).trim();
  const config: { users: { user: object }[] } = JSON.parse(
    await kubectl('config', 'view', '--raw', '--flatten', '-o', 'json', '--kubeconfig', kubeconfig),
  );
  for (const entry of config.users) entry.user = { token };
  const path = join(dir, `${name}.kubeconfig`);
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}
