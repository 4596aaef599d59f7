/** The service account of deploy/base, so that a missing or superfluous right shows in these suites. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dir, kubeconfig, kubectl, run } from './box.ts';

/** Applies the base (without waiting for its pods: no image of ours exists here). */
export async function installBase(): Promise<void> {
  await kubectl('apply', '-f', 'deploy/base/namespace.yaml');
  for (const file of ['service-account.yaml', 'cluster-role.yaml'])
    await kubectl('apply', '-n', 'pullcheck', '-f', `deploy/base/${file}`);
}

/** Applies an overlay in one namespace. */
export async function grant(overlay: 'read-pull-secrets' | 'read-logs' | 'remedies', namespace: string): Promise<void> {
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
