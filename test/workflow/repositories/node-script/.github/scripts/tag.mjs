import { appendFileSync } from 'node:fs';

const tag = process.env.GITHUB_SHA.slice(0, 7);
appendFileSync(process.env.GITHUB_OUTPUT, `tag=${tag}\n`);
