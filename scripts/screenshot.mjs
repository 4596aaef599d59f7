// Plays the demo in a headless browser and takes pictures: without a word docs/images/thread.png, with FOLDER every state into it.
// Needs Chromium (CHROMIUM, default /usr/bin/chromium) and the demo's local Slack.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../', import.meta.url));
const all = process.argv[2];
const folder = all ?? join(root, 'docs/images');
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

mkdirSync(folder, { recursive: true });
const demo = spawn(
  join(root, 'node_modules/node/bin/node'),
  ['--disable-warning=ExperimentalWarning', 'src/cli.ts', 'demo', '--port', '4170'],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
const page = await start();
try {
  await stories(page);
} finally {
  await page.context().browser().close();
  demo.kill('SIGTERM');
}

/** The page of the demo, once it says where it is. */
async function start() {
  let said = '';
  const url = await new Promise((resolve, reject) => {
    demo.once('exit', (code) => reject(new Error(`the demo ended with ${code}\n${said}`)));
    demo.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /Open (http:\S+)/.exec(said)?.[1];
      if (found) resolve(found);
    });
  });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: quiet });
  const opened = await browser.newPage({ viewport: { width: 1280, height: 820 }, deviceScaleFactor: 1 });
  await opened.goto(url);
  return opened;
}

async function stories(page) {
  const shot = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
  const press = (label) => page.locator('button', { hasText: label }).last().click();
  const says = (text) => page.getByText(text).last().waitFor({ timeout: 60_000 });
  const openThread = (root) =>
    page.locator('.messages .msg', { hasText: root }).last().locator('.thread-summary').click({ timeout: 60_000 });
  const settle = () => page.waitForTimeout(6_000); // edits come at most every 3 s

  // 1: the thread of an image that was never pushed. Its findings are the picture of the README.
  await says('Image pull: deployment/api-service in staging');
  await says('replies');
  await settle();
  if (all) await shot('00-alert');
  await openThread('Image pull: deployment/api-service in staging');
  await says('Open a pull request with the fix…');
  await settle();
  await smaller();
  await page.mouse.move(5, 5);
  await scrollTo('Findings: ci-output-lost');
  await shot('thread');
  if (!all) return;
  await press('Run the tag that was pushed');
  await page.locator('.modal', { hasText: 'What changes' }).waitFor();
  await shot('01-confirm-tag');
  await press('Do it');
  await says('Resolved by');
  await settle();
  await press('Open a pull request with the fix');
  await page.locator('.modal', { hasText: 'What changes' }).waitFor();
  await shot('02-confirm-pull-request');
  await press('Do it');
  await says('/pull/1');
  await settle();
  await shot('03-resolved');

  // 2: an expired credential, rotated.
  await press('2 Expired credential');
  await openThread('Image pull: deployment/payments in staging');
  await says('writes a credential');
  await settle();
  await press('Rotate the pull secret');
  await page.locator('.modal', { hasText: 'What changes' }).waitFor();
  await shot('04-confirm');
  await press('Do it');
  await says('Rotate the pull secret helped');
  await says('Resolved by');
  await settle();
  await shot('05-rotated');

  // 4: the registry is down, nobody resolves it.
  await press('4 Registry down');
  await openThread('Same fault, same page');
  await settle();
  await shot('06-registry-down');
  await press('Fast-forward 20 min');
  await says('pager rings');
  await settle();
  await shot('07-escalated');
  await press('Mend registry');
  await says('The page ended');
  await settle();
  await shot('08-mended');

  const box = page.locator('textarea').first();
  await box.fill('/pullcheck scope -A');
  await box.press('Enter');
  await says('Pull check: the whole cluster');
  await settle();
  await shot('09-scope');

  async function smaller() {
    await page.evaluate(() => {
      document.body.style.zoom = '0.82';
      document.querySelector('.app')?.style.setProperty('height', '122vh');
      document.querySelector('.thread-pane')?.style.setProperty('width', '720px', 'important');
    });
  }

  async function scrollTo(text) {
    await page
      .locator('.thread-pane .msg', { hasText: text })
      .last()
      .evaluate((message) => message.scrollIntoView());
    await page.waitForTimeout(500);
  }
}
