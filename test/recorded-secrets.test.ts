/** Texts of others are quoted with their facts and without their secrets, also where these expired long ago. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

/** Signatures of links (Azure SAS `sig`, Amazon, Google), tokens and keys, as their issuers document their forms. */
const SECRETS: readonly RegExp[] = [
  /(?:[?&]|\\u0026|&amp;)(?:sig|(?:X-(?:Amz|Goog)-)?Signature|X-Amz-Security-Token)=(?!REDACTED)[\w%+/=~.-]{8,}/gi,
  /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g,
  /\b(?:gh[oprsu]_[A-Za-z0-9]{36}|glpat-[\w-]{20,}|xox[abprs]-\d{6,}-[\w-]{10,})/g,
  /\beyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/g,
];

function secretsIn(text: string): readonly string[] {
  return SECRETS.flatMap((pattern) => [...text.matchAll(pattern)].map(([found]) => found));
}

describe('recorded texts', () => {
  it('(the search itself finds a secret of each sort)', () => {
    const letters = 'Ab1'.repeat(12);
    const samples = [
      `https://x.example/blob?sv=2016-05-31&sig=${letters}%3D`,
      `https://x.example/blob?a=1\\u0026X-Amz-Signature=${letters}`,
      `AKIA${'A'.repeat(16)}`,
      `ghp_${letters}`,
      `eyJ${letters}.eyJ${letters}.${letters}`,
      ['-----BEGIN RSA', 'PRIVATE KEY-----'].join(' '),
    ];
    expect(samples.map((text) => secretsIn(text).length)).toEqual(samples.map(() => 1));
    expect(secretsIn('https://x.example/blob?a=1&sig=REDACTED&sp=r')).toEqual([]);
  });

  it('hold none', () => {
    const files = globSync('test/**/*.{json,jsonl,log,md,txt,yaml,yml}');
    expect(files.length).toBeGreaterThan(30);
    const found = files.flatMap((file) =>
      secretsIn(readFileSync(file, 'utf8')).map((one) => `${file}: ${one.slice(0, 12)}…`),
    );
    expect(found).toEqual([]);
  });
});
