import { describe, expect, it } from '@jest/globals';
import { parseCommand } from '../../src/target/parse-command.ts';

describe('the words of a command', () => {
  it.each([
    ['pod api-service -n staging', { verb: 'pod', target: { name: 'api-service', namespace: 'staging' } }],
    ['pod api-service', { verb: 'pod', target: { name: 'api-service', namespace: 'default' } }],
    ['POD -n staging deploy/api', { verb: 'pod', target: { kind: 'Deployment', name: 'api', namespace: 'staging' } }],
    [
      'pod deployment api --namespace=staging',
      { verb: 'pod', target: { kind: 'Deployment', name: 'api', namespace: 'staging' } },
    ],
    ['pod api \u2014namespace staging', { verb: 'pod', target: { name: 'api', namespace: 'staging' } }],
    [
      'pod <http://api.example.com|api.example.com> -n staging',
      { verb: 'pod', target: { name: 'api.example.com', namespace: 'staging' } },
    ],
    ['`pod api -nstaging`', { verb: 'pod', target: { name: 'api', namespace: 'staging' } }],
    ['scope', { verb: 'scope' }],
    ['scope -A', { verb: 'scope' }],
    ['scope -n=staging', { verb: 'scope', namespace: 'staging' }],
    ['image ghcr.io/a/b:1.2 -n shop', { verb: 'image', image: 'ghcr.io/a/b:1.2', namespace: 'shop' }],
    [
      'image <http://ghcr.io/a/b:1.2|ghcr.io/a/b:1.2>',
      { verb: 'image', image: 'ghcr.io/a/b:1.2', namespace: 'default' },
    ],
    [
      'credentials nginx \u2014service-account builder -n shop',
      { verb: 'credentials', image: 'nginx', namespace: 'shop', serviceAccount: 'builder' },
    ],
    [
      'image localhost:5000/x --service-account=ci',
      { verb: 'image', image: 'localhost:5000/x', namespace: 'default', serviceAccount: 'ci' },
    ],
    ['', { verb: 'help' }],
    ['help', { verb: 'help' }],
    ['pod --help', { verb: 'help' }],
  ])('%s', (text, parsed) => {
    expect(parseCommand(text)).toEqual(parsed);
  });

  it.each([
    ['pod', 'name of the pod'],
    ['pod api extra', 'one word too many'],
    ['pod api -n', 'comes a namespace'],
    ['pod api -n UPPER', 'comes a namespace'],
    ['pod api -A', 'one namespace'],
    ['pod secret/x', 'owns pods'],
    ['pod ../../etc', 'cannot be the name'],
    ['pod <!channel>', 'cannot be the name'],
    ['pod api --context prod', 'not taken from a chat message'],
    ['pod api --kubeconfig=/root/x', 'not taken from a chat message'],
    ['pod api -f x.yaml', 'not taken from a chat message'],
    ['pod api -o json', 'do not know the option'],
    ['scope -A -n staging', 'exclude each other'],
    ['scope everything', 'one word too many'],
    ['image', 'image is missing'],
    ['image a b', 'one word too many'],
    ['image <!channel>', 'cannot be an image'],
    ['image nginx -A', 'one namespace'],
    ['image nginx --save-case /etc/x', 'not taken from a chat message'],
    ['credentials nginx -f /etc/passwd', 'not taken from a chat message'],
    ['credentials nginx --service-account ../x', 'comes its name'],
    ['pod api --service-account x', 'do not know the option'],
    ['replay case.json', 'terminal only'],
    ['dance', 'do not know the command'],
  ])('%s is refused with a sentence', (text, sentence) => {
    const parsed = parseCommand(text);
    expect(parsed.verb).toBe('wrong');
    expect(parsed.verb === 'wrong' ? parsed.message : '').toContain(sentence);
    expect(parsed.verb === 'wrong' ? parsed.hint : '').not.toBe('');
  });

  // The left column typed in a terminal, where commander suggests: the same words.
  it.each([
    ['pdo', 'pod'],
    ['pods', 'pod'],
    ['POd1', 'pod'],
    ['scpoe', 'scope'],
    ['imgae', 'image'],
    ['credentails', 'credentials'],
    ['cerdential', 'credentials'],
  ])('%s is near to %s, which the hint says', (text, meant) => {
    expect(parseCommand(`${text} api`)).toMatchObject({ hint: expect.stringContaining(`Did you mean \`${meant}\`?`) });
  });

  it('suggests nothing for a word that is near to none', () => {
    expect(JSON.stringify(['dance', 'x', 'foo'].map((text) => parseCommand(text)))).not.toContain('Did you mean');
  });
});
