// forceExit: a suite that failed half-way must not keep the run from ending; its servers die with the namespaces.
import base from './jest.config.js';

export default { ...base, roots: ['<rootDir>/e2e'], testTimeout: 180_000, forceExit: true };
