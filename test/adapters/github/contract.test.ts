import { Sealed } from '../../../src/sealed.ts';
import { codeHostContract } from '../../contract/code-host.ts';
import { aRepository, aSha, type CodeTrouble, fakeCodeHost } from '../../support/fake-code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { GITHUB_TEST_APP, startGithub } from '../../support/github/world.ts';

const nobody = { count: () => undefined };

codeHostContract('made up', async () => {
  let held = aRepository();
  let trouble: CodeTrouble | undefined;
  return {
    host: fakeCodeHost(() => ({ repositories: { 'acme/shop': held }, ...(trouble ? { trouble } : {}) })),
    push: async (files, title) => {
      const before = held.refs['main'] ?? '';
      const sha = aSha(`${before}${title}`);
      held = {
        ...held,
        commits: [...held.commits, { sha, title: title.split('\n', 1)[0] ?? '' }],
        refs: { ...held.refs, main: sha },
        files: { ...held.files, [sha]: { ...held.files[before], ...files } },
      };
      return sha;
    },
    play: (story) => {
      held = { ...held, ...story };
    },
    become: (next) => {
      trouble = next;
    },
    close: async () => undefined,
  };
});

codeHostContract('GitHub with a token', async () => {
  const world = await startGithub();
  const connection = connectionTo(world);
  return {
    host: connection.reader(nobody),
    push: async (files, title) => world.push({ repository: 'acme/shop', files, title }),
    play: (story) => world.play('acme/shop', story),
    become: (trouble) => world.become(trouble),
    close: async () => {
      await connection.close();
      await world.close();
    },
  };
});

codeHostContract('GitHub with an App', async () => {
  const world = await startGithub();
  const connection = connectionTo(world, {
    credential: { kind: 'app', appId: String(GITHUB_TEST_APP), privateKey: new Sealed(world.privateKey) },
  });
  return {
    host: connection.reader(nobody),
    push: async (files, title) => world.push({ repository: 'acme/shop', files, title }),
    play: (story) => world.play('acme/shop', story),
    become: (trouble) => world.become(trouble),
    close: async () => {
      await connection.close();
      await world.close();
    },
  };
});
