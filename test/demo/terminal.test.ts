/** The demo in a terminal: typed lines in, text out, the same bot in between. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import { type Demo, startDemo } from '../../src/demo/start.ts';
import { openTerminalSlack, type TerminalSlack } from '../../src/demo/terminal-slack.ts';
import { eventually } from './person.ts';

describe('the demo in the terminal', () => {
  let printed = '';
  let terminal: TerminalSlack;
  let demo: Demo;

  beforeAll(async () => {
    const out = (text: string): void => {
      printed += text;
    };
    terminal = openTerminalSlack(out, createStyle(false));
    const say = (line: string): void => out(`PAGER ${line}\n`);
    demo = await startDemo({ place: terminal.place, registryPort: 0, say, alertAfterMs: 400, pace: 3 });
  }, 30_000);
  afterAll(async () => demo?.stop());

  /** Waits until it was printed after `since`; gives what was printed from there on. */
  async function reads(words: string, since = 0): Promise<string> {
    return eventually(`printed: ${words}\n${printed.slice(-3000)}`, async () => {
      terminal.play.flush();
      return printed.includes(words, since) ? printed.slice(since) : undefined;
    });
  }
  async function types(text: string): Promise<string | undefined> {
    return terminal.play.line(text, terminal.hands);
  }
  async function presses(label: string): Promise<void> {
    const number = await eventually(`a button ${label}`, async () => {
      terminal.play.flush();
      return terminal.play.numberOf(label);
    });
    await types(String(number));
  }

  it('answers a typed command as text', async () => {
    await types('/pullcheck scope -A');
    expect(await reads('No pod of')).toContain('only for Alice');
    expect(printed).not.toMatch(/<!date|&gt;|:white_/);
  });

  it('plays an expired credential to its end with numbers and letters', async () => {
    await presses('2 Expired credential');
    await reads('Findings: credentials-rejected');
    expect(await reads('● bad · credentials')).toContain('Image pull: deployment/payments in staging');
    await presses('Rotate the pull secret');
    const window = await reads('What changes');
    expect(window).toContain('y = Do it');
    await types('n');
    const again = printed.length;
    await presses('Rotate the pull secret');
    await reads('What changes', again);
    await types('y');
    await reads('Rotate the pull secret helped');
    await reads('Resolved by');
    expect(printed).not.toContain(demo.stage.newCredential.reveal().split(':')[1]);
  }, 60_000);

  it('needs Bob in production', async () => {
    const since = printed.length;
    await presses('3 In production');
    await reads('Findings: credentials-rejected', since);
    await presses('Rotate the pull secret');
    await reads('a second person must press', since);
    await types('y');
    await reads('only for Alice\nRecorded.', since);
    await types('as bob');
    await presses('Rotate the pull secret');
    await reads('You are the second person', since);
    await types('y');
    await reads('Rotate the pull secret helped', since);
    await types('as alice');
  }, 60_000);

  it('rings the pager once after 20 minutes of a registry that is down', async () => {
    const since = printed.length;
    await presses('4 Registry down');
    await reads('Same fault, same page', since);
    await presses('Fast-forward 20 min');
    await reads('20 minutes later', since);
    await reads("PAGER Alice's pager rings", since);
    await presses('Mend registry');
    await reads('PAGER The page ended', since);
    expect(printed.match(/PAGER Alice's pager rings/g)).toHaveLength(1);
  }, 60_000);

  it('says what can be typed, and what cannot', async () => {
    const since = printed.length;
    await types('99999');
    await types('y');
    await types('as carol');
    await types('what?');
    const said = printed.slice(since);
    for (const words of ['no such button', 'No window is open', 'Nobody is called carol', 'presses that button']) {
      expect(said).toContain(words);
    }
    expect(await types('quit')).toBe('end');
  });
});
