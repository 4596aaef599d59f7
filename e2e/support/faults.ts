/** Faults made on purpose, one a namespace, each with the cause that is named for it and what its verdict must and must not say. */
import type { Fault } from './fault.ts';
import { IMAGE_FAULTS } from './image-faults.ts';
import { LOGIN_FAULTS } from './login-faults.ts';
import { WAY_FAULTS } from './way-faults.ts';

export const FAULTS: readonly Fault[] = [...IMAGE_FAULTS, ...WAY_FAULTS, ...LOGIN_FAULTS];
