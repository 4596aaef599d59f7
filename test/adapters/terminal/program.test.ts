/** The command line: exit codes, JSON, readable errors for what people type wrongly. */
import { describe, expect, it } from '@jest/globals';
import type { Commands } from '../../../src/adapters/terminal/commands.ts';
import { runProgram } from '../../../src/adapters/terminal/program.ts';
import { pageProgress } from '../../../src/adapters/terminal/progress.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import { ConfigError, UnreachableError, UsageError } from '../../../src/errors.ts';
import { plainTerminal } from '../../support/plain-terminal.ts';

function diagnosisOf(cause: Diagnosis['verdict']['cause'], summary = 'the tag does not exist'): Diagnosis {
  return {
    apiVersion: 'pullcheck/v1',
    kind: 'Diagnosis',
    target: {
      cluster: 'box',
      namespace: 'staging',
      kind: 'Pod',
      name: 'api-1',
      workload: { kind: 'Deployment', name: 'api' },
    },
    verdict: { cause, confidence: 'certain', severity: 'P2', summary, alternatives: [] },
    lights: { reference: 'bad', credentials: 'good', reachability: 'good' },
    lightNotes: { reference: 'no such tag', credentials: 'accepted', reachability: 'answered' },
    findings: [],
    ruledOut: [],
    steps: [
      {
        id: 'tag',
        title: 'Does the tag exist?',
        status: 'failed',
        summary: 'no',
        command: 'skopeo list-tags docker://r/app',
        durationMs: 3,
      },
    ],
    scope: { pods: 1, workloads: 1, namespaces: 1, nodes: 1 },
    remedies: [],
    gaps: [],
    startedAt: '2026-01-01T00:00:00.000Z',
    durationMs: 12,
    calls: { kubernetes: 9, registry: 3, github: 0 },
  };
}

function preflight(cause: Diagnosis['verdict']['cause']): Diagnosis {
  const target = { cluster: 'box', namespace: 'shop', kind: 'Image', name: 'nginx:1' } as const;
  return { ...diagnosisOf(cause), kind: 'Preflight', target };
}

/** A terminal that remembers; commands that fail unless given. */
function session(commands: Partial<Commands> = {}) {
  const { written, terminal } = plainTerminal();
  const none = async () => {
    throw new UsageError({ code: 'not-here', message: 'not in this test' });
  };
  const all: Commands = {
    pod: none,
    image: none,
    replay: none,
    scope: none,
    credentials: none,
    lintRunbooks: none,
    checkWorkflows: none,
    serve: none,
    worker: none,
    demo: none,
    ...commands,
  };
  return { written, run: (...args: string[]) => runProgram(args, all, terminal) };
}

describe('pullcheck', () => {
  it.each([
    ['healthy', 0],
    ['tag-not-found', 1],
    ['undetermined', 3],
  ] as const)('ends with the code of a diagnosis: %s -> %d', async (cause, code) => {
    const { run, written } = session({ pod: async () => diagnosisOf(cause) });
    expect(await run('pod', 'api-1', '-n', 'staging')).toBe(code);
    expect(written.out).toContain(cause);
  });

  it('hands name, kind and flags on', async () => {
    const seen: unknown[] = [];
    const { run } = session({
      pod: async ({ signal: _signal, onProgress: _progress, ...input }) => {
        seen.push(input);
        return diagnosisOf('healthy');
      },
    });
    await run('pod', 'deploy/api', '-n', 'staging', '--context', 'prod', '--kubeconfig', '/k');
    expect(seen).toEqual([
      { name: 'api', kind: 'Deployment', namespace: 'staging', context: 'prod', kubeconfig: '/k' },
    ]);
  });

  it('hands a pre-flight and a case on, and says where the case is', async () => {
    const seen: unknown[] = [];
    const { run, written } = session({
      image: async ({ signal: _signal, onProgress: _progress, ...input }) => {
        seen.push(input);
        return preflight('healthy');
      },
      replay: async (file) => {
        seen.push(file);
        return preflight('tag-not-found');
      },
    });
    expect(await run('image', 'nginx:1', '-n', 'shop', '--service-account', 'ci', '--save-case', 'x.json')).toBe(0);
    expect(written.err).toContain('The case is in x.json');
    expect(written.out).toContain('Image nginx:1 in shop');
    expect(written.out).toContain('no pod was looked at');
    expect(await run('replay', 'x.json')).toBe(1);
    expect(seen).toEqual([{ image: 'nginx:1', namespace: 'shop', serviceAccount: 'ci', saveCase: 'x.json' }, 'x.json']);
  });

  it('shows how far a long list is, on a terminal, and takes it away again', async () => {
    const written: string[] = [];
    const { onCall, end } = pageProgress((text) => written.push(text));
    onCall(1);
    end();
    expect(written).toEqual([]);
    onCall(2);
    end();
    expect(written).toEqual([expect.stringContaining('page 2'), '\r\u001b[K']);
  });

  it('prints the diagnosis as JSON and nothing else', async () => {
    const { run, written } = session({ pod: async () => diagnosisOf('tag-not-found') });
    await run('pod', 'api-1', '-o', 'json');
    expect(JSON.parse(written.out)).toMatchObject({ kind: 'Diagnosis', verdict: { cause: 'tag-not-found' } });
    expect(written.err).toBe('');
  });

  it('writes a plain line a step as it ends, and the verdict with its command', async () => {
    const { run, written } = session({
      pod: async ({ onProgress }) => {
        const step = { id: 'tag', title: 'Does the tag exist?', summary: '', command: '' };
        onProgress([{ ...step, status: 'running' }]);
        onProgress([{ ...step, status: 'failed', summary: 'no' }]);
        onProgress([{ ...step, status: 'failed', summary: 'no' }]);
        return diagnosisOf('tag-not-found');
      },
    });
    await run('pod', 'api-1');
    expect(written.err).toBe('  ✗ Does the tag exist?: no\n');
    expect(written.out).toContain('$ skopeo list-tags docker://r/app');
  });

  it('shows hostile text without its control characters', async () => {
    const { run, written } = session({ pod: async () => diagnosisOf('other', 'evil \u001b[2J\u202e text') });
    await run('pod', 'api-1');
    expect(written.out).not.toContain('\u001b');
    expect(written.out).not.toContain('\u202e');
  });

  const READING: readonly (readonly string[])[] = [
    ['pod', 'api-1'],
    ['scope'],
    ['image', 'nginx:1'],
    ['credentials', 'nginx:1'],
    ['replay', 'x.json'],
    ['workflow', 'ci.yml'],
    ['runbook', 'lint', 'x.yaml'],
  ];

  it.each(READING)('%s %s takes what every command takes: -o, --no-color, --timeout', async (...command) => {
    const { run, written } = session();
    expect(await run(...command, '-o', 'json', '--no-color', '--timeout', '5s')).toBe(2);
    // It came as far as the command itself, which is not in this test.
    expect(JSON.parse(written.out)).toMatchObject({ kind: 'Error', code: 'not-here' });
  });

  it('answers a stream of messages in JSON, also where that is asked for', async () => {
    const { run, written } = session();
    expect(await run('classify', '-o', 'json', '--no-color', '--timeout', '5s')).toBe(0);
    expect(written.err).toBe('');
  });

  it('gives up in time on a case, a file or a stream that never ends', async () => {
    const never = async () => new Promise<never>(() => undefined);
    const commands = { replay: never, lintRunbooks: never, checkWorkflows: never };
    for (const command of READING.slice(4)) {
      const { run, written } = session(commands);
      expect(await run(...command, '--timeout', '20ms')).toBe(3);
      expect(written.err).toContain('It took longer than allowed');
    }
  });

  it.each([
    [['pod', 'api-1', '-A'], 'pullcheck scope -A shows everything'],
    [['image', 'nginx', '--all-namespaces'], 'This looks into one namespace'],
    [['podd', 'x'], 'unknown command'],
    [['pod'], "missing required argument 'name'"],
    [['pod', 'x', '--nope'], 'unknown option'],
    [['pod', 'x', '-o', 'yaml'], 'Allowed choices are text, json'],
    [['pod', 'x', '--timeout', 'soon'], 'Write it as 500ms, 30s or 2m'],
    [['pod', 'service/x'], '"service" is not a kind'],
    [['image'], "missing required argument 'reference'"],
    [['scope', '-A', '-n', 'shop'], '-A and -n exclude each other'],
    [['replay', 'x', '--context', 'prod'], 'unknown option'],
  ])('answers %j with exit 2 and a sentence', async (args, sentence) => {
    const { run, written } = session();
    expect(await run(...args)).toBe(2);
    expect(written.err).toContain(sentence);
  });

  it.each([
    [new UsageError({ code: 'no-such-target', message: 'no pod x' }), 2, 'no-such-target'],
    [new ConfigError({ code: 'config-invalid', message: 'bad' }), 2, 'config-invalid'],
    [
      new UnreachableError({ code: 'cluster-unreachable', message: 'gone', hint: 'try again' }),
      3,
      'cluster-unreachable',
    ],
  ])('gives errors as JSON with -o json', async (error, code, name) => {
    const { run, written } = session({
      pod: async () => {
        throw error;
      },
    });
    expect(await run('pod', 'x', '-o', 'json')).toBe(code);
    expect(JSON.parse(written.out)).toMatchObject({ kind: 'Error', code: name, message: error.message });
    expect(written.err).toBe('');
  });

  it('checks workflows like a linter: place, rule, sentence, fix; SARIF for code scanning; a hint alone is no failure', async () => {
    const finding = {
      rule: 'needs-not-declared',
      severity: 'error' as const,
      file: '.github/workflows/ci.yml',
      line: 9,
      column: 7,
      exprLine: 10,
      exprColumn: 3,
      job: 'deploy',
      ref: 'needs.build.outputs.tag',
      message: 'Empty.',
      fix: 'Need it.',
    };
    const report = (severity: 'error' | 'info') => ({
      checkWorkflows: async (files: readonly string[]) => ({
        apiVersion: 'pullcheck/v1' as const,
        kind: 'WorkflowReport' as const,
        files,
        findings: [
          {
            ...finding,
            severity,
          },
        ],
      }),
    });
    const text = session(report('error'));
    expect(await text.run('workflow', 'ci.yml')).toBe(1);
    expect(text.written.out).toContain(
      '.github/workflows/ci.yml:10:3: error needs-not-declared (job deploy)\n  Empty.\n  Fix: Need it.',
    );
    const sarif = session(report('error'));
    expect(await sarif.run('workflow', 'ci.yml', '-o', 'sarif')).toBe(1);
    expect(JSON.parse(sarif.written.out)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'needs-not-declared', level: 'error' }] }],
    });
    expect(await session(report('info')).run('workflow', 'ci.yml', '-o', 'json')).toBe(0);
  });

  it('prints help on stdout with exit 0, its version too', async () => {
    const help = session();
    expect(await help.run('--help')).toBe(0);
    for (const word of [
      'pod',
      'scope',
      'credentials',
      'classify',
      'runbook',
      'workflow',
      'serve',
      'worker',
      'demo',
      'Exit codes',
    ])
      expect(help.written.out).toContain(word);
    const version = session();
    expect(await version.run('--version')).toBe(0);
    expect(version.written.out.trim()).toBe('1.2.3');
  });
});
