import { describe, expect, it } from '@jest/globals';
import { repositoryIn, runIn } from '../../src/build/origin.ts';

const WEB = 'https://github.com';

describe('a link that an image carries', () => {
  it.each([
    ['https://github.com/acme/api', 'acme/api'],
    ['https://github.com/acme/api.git', 'acme/api'],
    ['https://github.com/acme/api/tree/main/services/x', 'acme/api'],
    ['http://github.com/acme/my.api-2', 'acme/my.api-2'],
    ['https://github.com.evil.example/acme/api', undefined],
    ['https://evil.example/github.com/acme/api', undefined],
    ['https://github.com@evil.example/acme/api', undefined],
    ['https://github.com/acme', undefined],
    ['https://github.com/acme/..', undefined],
    ['https://github.com/-acme/api', undefined],
    ['https://github.com/acme/a b', undefined],
    ['https://github.com/acme/api%2f..', undefined],
    ['not a link', undefined],
    [undefined, undefined],
  ])('%s names %s', (link, repository) => expect(repositoryIn(link, WEB)).toBe(repository));

  it.each([
    ['https://github.com/acme/api/actions/runs/17', { repository: 'acme/api', id: 17 }],
    ['https://github.com/acme/api/actions/runs/17/attempts/2', { repository: 'acme/api', id: 17, attempt: 2 }],
    ['https://github.com/acme/api/actions/runs/17/job/4', { repository: 'acme/api', id: 17 }],
    ['https://github.com/acme/api/actions/runs/17;x', undefined],
    ['https://github.com/acme/api', undefined],
    ['https://other.example/acme/api/actions/runs/17', undefined],
  ])('%s names the run %o', (link, run) => expect(runIn(link, WEB)).toEqual(run));
});
