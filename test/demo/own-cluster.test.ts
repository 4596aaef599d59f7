/** `pullcheck demo --context NAME`: real pods behind the local workspace, and nothing that could change them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Stage, startStage } from '../../src/adapters/simulator/scenarios/stage.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { startOwnCluster } from '../../src/demo/own-cluster.ts';
import { openTerminalSlack } from '../../src/demo/terminal-slack.ts';
import { eventually } from './person.ts';

describe("the demo on the person's own cluster", () => {
  let folder: string;
  let stage: Stage;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pullcheck-own-'));
    stage = await startStage({ clock: systemClock, ids: randomId, registryPort: 0 });
  });
  afterEach(async () => {
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('diagnoses with the rights to read alone, and offers nothing to press that would write', async () => {
    await stage.play('credential-expired');
    const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list'] }];
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, stage.cluster.kubeconfig({ name: 'reader', rules }));
    let printed = '';
    const out = (text: string): void => {
      printed += text;
    };
    const { place, play, hands } = openTerminalSlack(out, createStyle(false));
    const own = await startOwnCluster({ place, flags: { kubeconfig }, folder });
    try {
      expect(own.cluster).toBe('demo');
      await play.line('/pullcheck pod payments -n staging', hands);
      await eventually('the findings', async () => {
        play.flush();
        return printed.includes('Findings: credentials-rejected') || undefined;
      });
      await eventually('the verdict in the root message', async () => {
        play.flush();
        return play.numberOf('Re-run');
      });
      expect(printed).not.toContain('Rotate the pull secret');
      expect(play.numberOf('Rotate')).toBeUndefined();
    } finally {
      await own.stop();
    }
  }, 30_000);

  it('says which contexts there are when it is given a wrong one', async () => {
    const kubeconfig = join(folder, 'config');
    writeFileSync(kubeconfig, stage.cluster.kubeconfig());
    const { place } = openTerminalSlack(() => undefined, createStyle(false));
    const start = startOwnCluster({ place, flags: { kubeconfig, context: 'production' }, folder });
    await expect(start).rejects.toThrow(/no context "production".*demo/);
  });
});
