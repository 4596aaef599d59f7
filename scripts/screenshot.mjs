// Plays the demo in a headless browser and takes pictures of it: `node scripts/screenshot.mjs FOLDER`; docs/images/thread.png is its thread.
// Needs Chromium (CHROMIUM, default /usr/bin/chromium) and the demo's local Slack.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = process.argv[2] ?? join(root, 'docs/images');
const only = process.argv[3];
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
  const opened = await browser.newPage({ viewport: { width: 1440, height: 1000 }, deviceScaleFactor: 1 });
  await opened.goto(url);
  return opened;
}

async function stories(page) {
  const shot = (name) => page.screenshot({ path: join(folder, `${name}.png`) });
  const press = (label) => page.locator('button', { hasText: label }).last().click();
  const says = (text) => page.getByText(text).last().waitFor({ timeout: 60_000 });
  const settle = () => page.waitForTimeout(6_000); // edits come at most every 3 s

  // 1: the thread of an image that was never pushed.
  await says('Image pull: deployment/api-service in staging');
  await shot('01-alert');
  await page.locator('.thread-summary').last().click();
  await page.evaluate(() => {
    document.querySelector('.thread-pane')?.style.setProperty('width', '700px', 'important');
  });
  await says('Findings: tag-not-found');
  await settle();
  await shot('02-thread-bottom');
  await top(page);
  await shot('thread');
  if (only === 'thread') return;
  await press('Push image');
  await says('Resolved by');
  await settle();
  await shot('03-resolved');

  // 2: an expired credential, rotated.
  await press('2 Expired credential');
  await says('Image pull: deployment/payments in staging');
  await settle();
  await page.locator('.thread-summary').last().click();
  await says('Rotate the pull secret');
  await settle();
  await shot('04-credential');
  await press('Rotate the pull secret');
  await page.locator('.modal', { hasText: 'What changes' }).waitFor();
  await shot('05-confirm');
  await press('Do it');
  await says('Rotate the pull secret helped');
  await says('Resolved by');
  await settle();
  await shot('06-rotated');

  // 4: the registry is down, nobody resolves it.
  await press('4 Registry down');
  await says('Same fault, same page');
  await settle();
  await page.locator('.thread-summary').last().click();
  await settle();
  await shot('07-registry-down');
  await press('Fast-forward 20 min');
  await says('pager rings');
  await settle();
  await shot('08-escalated');
  await press('Mend registry');
  await says('The page ended');
  await settle();
  await shot('09-mended');

  const box = page.locator('textarea').first();
  await box.fill('/pullcheck scope -A');
  await box.press('Enter');
  await page.waitForTimeout(5_000);
  await shot('10-scope');
}

/** The thread from its beginning. */
async function top(page) {
  await page.evaluate(() => {
    for (const one of document.querySelectorAll('*'))
      if (one.scrollHeight > one.clientHeight + 40 && one.className.includes?.('thread')) one.scrollTop = 0;
  });
}
