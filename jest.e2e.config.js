import base from './jest.config.js';

export default { ...base, roots: ['<rootDir>/e2e'], testTimeout: 180_000 };
