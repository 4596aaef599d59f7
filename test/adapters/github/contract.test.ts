import type { PullRequest } from '../../../src/evidence/code-host.ts';
import { Sealed } from '../../../src/sealed.ts';
import { codeHostContract } from '../../contract/code-host.ts';
import { aRepository, aSha, type CodeTrouble, fakeCodeHost } from '../../support/fake-code-host.ts';
import { connectionTo } from '../../support/github/connection.ts';
import { GITHUB_TEST_APP, type GithubWorld, startGithub } from '../../support/github/world.ts';

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
    propose: async (branch, state) => {
      const number = Object.keys(held.pulls).length + 1;
      const url = `https://github.com/acme/shop/pull/${number}`;
      held = { ...held, pulls: { ...held.pulls, [branch]: { number, url, state, base: 'main' } } };
      return number;
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
    propose: async (branch, end) => propose(world, branch, end),
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
    propose: async (branch, end) => propose(world, branch, end),
    become: (trouble) => world.become(trouble),
    close: async () => {
      await connection.close();
      await world.close();
    },
  };
});

async function propose(world: GithubWorld, branch: string, end: PullRequest['state']): Promise<number> {
  await world.push({ repository: 'acme/shop', branch, files: { [`${branch}.txt`]: 'x\n' } });
  const asked = { title: 'Mend', head: branch, base: 'main', body: '' };
  const { number } = (await world.api('POST', '/repos/acme/shop/pulls', asked)) as { number: number };
  if (end === 'merged') await world.api('PUT', `/repos/acme/shop/pulls/${number}/merge`, {});
  if (end === 'closed') await world.api('PATCH', `/repos/acme/shop/pulls/${number}`, { state: 'closed' });
  return number;
}
