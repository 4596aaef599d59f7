/** Which registry software answers at a host, as far as the host name alone proves it. */

/** `plain`: nothing more than "some registry" can be told from the name. */
export type RegistryKind =
  | 'docker-hub'
  | 'ghcr'
  | 'ecr'
  | 'ecr-public'
  | 'artifact-registry'
  | 'acr'
  | 'harbor'
  | 'quay'
  | 'gitlab'
  | 'plain';

const EXACT: ReadonlyMap<string, RegistryKind> = new Map([
  ['docker.io', 'docker-hub'],
  ['docker.com', 'docker-hub'],
  ['ghcr.io', 'ghcr'],
  ['public.ecr.aws', 'ecr-public'],
  ['ecr-public.aws.com', 'ecr-public'],
  ['gcr.io', 'artifact-registry'],
  ['registry.k8s.io', 'artifact-registry'],
  ['quay.io', 'quay'],
  ['gitlab.com', 'gitlab'],
  ['pkg.github.com', 'ghcr'],
]);

const SUFFIXES: readonly (readonly [string, RegistryKind])[] = [
  ['.docker.io', 'docker-hub'],
  ['.docker.com', 'docker-hub'],
  ['.gcr.io', 'artifact-registry'],
  ['docker.pkg.dev', 'artifact-registry'],
  ['.azurecr.io', 'acr'],
  ['.azurecr.cn', 'acr'],
  ['.azurecr.us', 'acr'],
  ['.quay.io', 'quay'],
  ['.gitlab.com', 'gitlab'],
  ['.public.ecr.aws', 'ecr-public'],
];

/** Amazon's hosts: `<account>.dkr.ecr[-fips].<region>.amazonaws.com[.cn]`, `….dkr-ecr.<region>.on.aws`, and the API `api.ecr.<region>…`. */
const ECR = /(?:^|\.)(?:dkr|api)[.-]ecr(?:-fips)?\..*(?:amazonaws\.com|on\.aws)(?:\.cn)?$/;

/** First labels that people give to a self-hosted registry of that software; telling, not proof, so only the kind follows from them. */
const FIRST_LABEL: readonly (readonly [string, RegistryKind])[] = [
  ['harbor', 'harbor'],
  ['quay', 'quay'],
  ['gitlab', 'gitlab'],
];

/** The kind for `host` or `host:port`. Never fails: `plain` where the name proves nothing. */
export function registryKind(host: string): RegistryKind {
  const name = host.toLowerCase().replace(/:\d*$/, '');
  const exact = EXACT.get(name);
  if (exact) return exact;
  const suffix = SUFFIXES.find(([end]) => name.endsWith(end));
  if (suffix) return suffix[1];
  if (name.length <= 255 && ECR.test(name)) return 'ecr';
  const labels = name.split('.', 3).map((label) => label.split('-', 1)[0]);
  const named = FIRST_LABEL.find(([label]) => labels[0] === label || (labels[0] === 'registry' && labels[1] === label));
  return named ? named[1] : 'plain';
}
