/** Every registry we know by name, one file each. */
import type { RegistryKind } from '../../../image/registry.ts';
import type { RegistryHabits } from '../habits.ts';
import { acr } from './acr.ts';
import { artifactRegistry } from './artifact-registry.ts';
import { dockerHub } from './docker-hub.ts';
import { ecr } from './ecr.ts';
import { ecrPublic } from './ecr-public.ts';
import { ghcr } from './ghcr.ts';
import { gitlab } from './gitlab.ts';
import { harbor } from './harbor.ts';
import { plain } from './plain.ts';
import { quay } from './quay.ts';

/** A kind without habits does not compile. */
export const HABITS: { readonly [K in RegistryKind]: RegistryHabits } = {
  'docker-hub': dockerHub,
  ghcr,
  ecr,
  'ecr-public': ecrPublic,
  'artifact-registry': artifactRegistry,
  acr,
  harbor,
  quay,
  gitlab,
  plain,
};
