/** The contract on both registries, real and simulated. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from '@jest/globals';
import { createRegistryReader, type RegistryConfig } from '../../../src/adapters/registry/client.ts';
import { startSimulatedRegistry } from '../../../src/adapters/simulator/registry/server.ts';
import { systemClock } from '../../../src/clock.ts';
import { Sealed } from '../../../src/sealed.ts';
import { type RegistryUnderTest, registryReaderContract } from '../../contract/registry-reader.ts';
import {
  type DockerRegistryOptions,
  hasDockerRegistry,
  makeCertificates,
  startDockerRegistry,
} from '../../support/docker-registry.ts';
import { mintToken, startTokenServer } from './token-server.ts';

function reading(config: RegistryConfig): Pick<RegistryUnderTest, 'host' | 'reader' | 'calls'> {
  const calls: string[] = [];
  const meter = { count: (system: string, what: string) => void calls.push(`${system} ${what}`) };
  const reader = createRegistryReader({ meter, clock: systemClock, registries: [config] });
  return { host: config.host, reader, calls: () => calls };
}

function simulated(auth: 'none' | 'basic' | 'bearer') {
  return async (): Promise<RegistryUnderTest> => {
    const registry = await startSimulatedRegistry({ clock: systemClock, auth });
    registry.allow('puller', new Sealed('correct horse'));
    return {
      ...reading({ host: registry.host }),
      push: async (repository, tag, platforms) => ({
        digest: registry.push(repository, tag, platforms ? { platforms } : {}),
      }),
      stop: () => registry.stop(),
    };
  };
}

function real(options: DockerRegistryOptions) {
  return async (): Promise<RegistryUnderTest> => {
    const registry = await startDockerRegistry(options);
    const ca = registry.ca === undefined ? {} : { ca: registry.ca };
    return {
      ...reading({ host: registry.host, ...ca }),
      scheme: registry.ca === undefined ? 'http' : 'https',
      push: (repository, tag, platforms) => registry.pushImage(repository, tag, platforms ? { platforms } : {}),
      stop: () => registry.stop(),
    };
  };
}

/** A real registry that accepts only the tokens of a server beside it. */
async function realWithTokens(): Promise<RegistryUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), 'pullcheck-tokens-'));
  makeCertificates(folder);
  const signing = { folder, service: 'shop registry' };
  const puller = { password: 'correct horse', repositories: ['shop/api', 'shop/nothing'] };
  const tokens = await startTokenServer({ ...signing, accounts: { puller } });
  const registry = await startDockerRegistry({
    tokens: { ...signing, realm: `http://${tokens.host}/token` },
    pushToken: mintToken(signing, [{ type: 'repository', name: 'shop/api', actions: ['pull', 'push'] }]),
  });
  return {
    ...reading({ host: registry.host }),
    push: (repository, tag, platforms) => registry.pushImage(repository, tag, platforms ? { platforms } : {}),
    async stop() {
      await registry.stop();
      await tokens.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

registryReaderContract('a simulated registry without auth', 'none', simulated('none'));
registryReaderContract('a simulated registry with Basic', 'basic', simulated('basic'));
registryReaderContract('a simulated registry with a token server', 'bearer', simulated('bearer'));

const users = { puller: 'correct horse' };
if (hasDockerRegistry()) {
  registryReaderContract('docker-registry over http', 'none', real({}));
  registryReaderContract('docker-registry over http with htpasswd', 'basic', real({ users }));
  registryReaderContract('docker-registry over https with a private CA', 'none', real({ tls: true }));
  registryReaderContract('docker-registry over https with htpasswd', 'basic', real({ tls: true, users }));
  registryReaderContract('docker-registry over http with a token server', 'bearer', realWithTokens);
} else {
  describe('docker-registry', () => {
    it.skip('is not installed on this machine', () => undefined);
  });
}
