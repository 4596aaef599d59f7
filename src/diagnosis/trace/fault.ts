/** The checker calls its finding a finding, too; here it is a fault of a file. */
export type { Finding as Fault } from '../../workflow/finding.ts';
