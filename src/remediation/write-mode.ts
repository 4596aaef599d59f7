/** `dry-run`: everything is read, checked and tried, nothing is written. */
export type WriteMode = 'dry-run' | 'apply';
