import { describe, expect, it } from '@jest/globals';
import { registryKind } from '../../src/image/registry.ts';

describe('a host name proves its registry, or nothing', () => {
  it.each([
    ['docker.io', 'docker-hub'],
    ['registry-1.docker.io', 'docker-hub'],
    ['auth.docker.io', 'docker-hub'],
    ['ghcr.io', 'ghcr'],
    ['GHCR.io:443', 'ghcr'],
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'ecr'],
    ['123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'ecr'],
    ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'ecr'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'ecr'],
    ['public.ecr.aws', 'ecr-public'],
    ['eu.gcr.io', 'artifact-registry'],
    ['europe-west3-docker.pkg.dev', 'artifact-registry'],
    ['myreg.azurecr.io', 'acr'],
    ['quay.io', 'quay'],
    ['registry.gitlab.com', 'gitlab'],
    ['registry.gitlab.example.com:5050', 'gitlab'],
    ['gitlab.example.com:5050', 'gitlab'],
    ['harbor.corp.example', 'harbor'],
    ['harbor-001.corp.example:5000', 'harbor'],
    ['registry.example.com', 'plain'],
    ['ghcr.io.example.com', 'plain'],
    ['notquay.io', 'plain'],
    ['evil-amazonaws.com', 'plain'],
    ['127.0.0.1:5000', 'plain'],
    ['', 'plain'],
  ])('%s is %s', (host, kind) => {
    expect(registryKind(host)).toBe(kind);
  });
});
