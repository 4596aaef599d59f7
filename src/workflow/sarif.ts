/** A report for code scanning: SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/. */
import type { Finding, Severity, WorkflowReport } from './finding.ts';
import { RULES } from './rules/index.ts';

const LEVEL: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** `version`: the program's. Paths are relative where the given ones were. */
export function sarifOf(report: WorkflowReport, version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pullcheck',
            version,
            rules: RULES.map(({ id, title }) => ({ id, shortDescription: { text: title } })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map(resultOf),
      },
    ],
  };
}

function resultOf(finding: Finding): object {
  const path = finding.file.replaceAll('\\', '/').replace(/^(?:\.\/)+/, '');
  const isAbsolute = /^(?:\/|[A-Za-z]:)/.test(path);
  const uri = path.split('/').map(encodeURIComponent).join('/');
  return {
    ruleId: finding.rule,
    ruleIndex: RULES.findIndex(({ id }) => id === finding.rule),
    level: LEVEL[finding.severity],
    message: { text: `${finding.message} ${finding.fix}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: isAbsolute ? { uri } : { uri, uriBaseId: '%SRCROOT%' },
          region: { startLine: finding.exprLine, startColumn: finding.exprColumn },
        },
      },
    ],
  };
}
