/** How much the code host may cost us; every number is a cap that a slow, huge or hostile answer runs into. */
export interface GithubLimits {
  /** DNS, TCP and TLS together, ms. */
  readonly connectMs: number;
  /** One request from start to the last byte of its body, ms. */
  readonly requestMs: number;
  /** One question with all its requests, ms. */
  readonly totalMs: number;
  /** One JSON answer. A page of runs has about 15 KB for each. */
  readonly bodyBytes: number;
  /** Of a log: what is kept of its beginning, and as much of its end. */
  readonly logEdgeBytes: number;
  /** Of a log whose store knows no ranges: how much is read through to reach its end. */
  readonly logStreamBytes: number;
  readonly runPages: number;
  readonly runsPerPage: number;
  /** 100 each. A matrix has at most 256 jobs (docs.github.com, "Actions limits"). */
  readonly jobPages: number;
  readonly redirects: number;
  /** A rate limit that ends within this time is waited for, ms; a longer one is said. */
  readonly rateWaitMs: number;
  /** Pause before the one repetition of a read that met 502, 503, 504 or a broken connection, ms. */
  readonly againMs: number;
  /** Repositories of which the App's installation is remembered. */
  readonly installations: number;
}

export const defaultLimits: GithubLimits = {
  connectMs: 5_000,
  requestMs: 10_000,
  totalMs: 20_000,
  bodyBytes: 8 * 1024 * 1024,
  logEdgeBytes: 2 * 1024 * 1024,
  logStreamBytes: 64 * 1024 * 1024,
  runPages: 4,
  runsPerPage: 50,
  jobPages: 5,
  redirects: 3,
  rateWaitMs: 2_000,
  againMs: 300,
  installations: 500,
};
