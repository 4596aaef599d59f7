/** An image's platforms beside what a node tells of itself: yes, no, or not to be told. */
import { describe, expect, it } from '@jest/globals';
import { type Fit, formatPlatform, parsePlatform, runsOn } from '../../src/image/platform.ts';

const linux = (arch: string) => ({ os: 'linux', arch });
const windows = (osVersion?: string) => ({
  os: 'windows',
  arch: 'amd64',
  ...(osVersion === undefined ? {} : { osVersion }),
});

describe('a node', () => {
  it.each<readonly [string, Parameters<typeof runsOn>[0], readonly string[], Fit]>([
    ['finds its own platform', linux('amd64'), ['linux/arm64', 'linux/amd64'], 'yes'],
    ['does not find another CPU’s', linux('arm64'), ['linux/amd64', 'linux/s390x'], 'no'],
    ['does not find another system’s', linux('amd64'), ['windows/amd64'], 'no'],
    ['takes a single manifest unseen', linux('riscv64'), [], 'yes'],
    ['takes the 32-bit image of its CPU', linux('amd64'), ['linux/386'], 'yes'],
    ['takes the 32-bit image of its ARM, of any version', linux('arm64'), ['linux/arm/v7'], 'yes'],
    ['of 64-bit ARM is version 8, named or not', linux('arm64'), ['linux/arm64/v8'], 'yes'],
    ['may lack a newer version of 64-bit ARM', linux('arm64'), ['linux/arm64/v9'], 'unknown'],
    ['of 32-bit ARM may be too old for version 7', linux('arm'), ['linux/arm/v7'], 'unknown'],
    ['of 32-bit ARM finds the oldest version', linux('arm'), ['linux/arm/v7', 'linux/arm/v5'], 'yes'],
    ['of 32-bit ARM runs no 64-bit image', linux('arm'), ['linux/arm64'], 'no'],
    ['may lack what a newer x86 variant needs', linux('amd64'), ['linux/amd64/v3'], 'unknown'],
    ['finds the plain variant beside a newer one', linux('amd64'), ['linux/amd64/v3', 'linux/amd64'], 'yes'],
    ['of Windows finds its build', windows('10.0.20348.2227'), ['windows(10.0.20348.1)/amd64'], 'yes'],
    ['of Windows runs no newer build', windows('10.0.17763.1'), ['windows(10.0.20348.1)/amd64'], 'no'],
    ['of Windows runs no older build before 2022', windows('10.0.20348.1'), ['windows(10.0.17763.1)/amd64'], 'no'],
    ['of newer Windows may run the build of 2022', windows('10.0.26100.1'), ['windows(10.0.20348.1)/amd64'], 'unknown'],
    ['of Windows that tells no build leaves it open', windows(), ['windows(10.0.20348.1)/amd64'], 'unknown'],
    ['of Windows takes an image that names no build', windows('10.0.20348.1'), ['windows/amd64'], 'yes'],
    ['named by a property of objects runs nothing', linux('constructor'), ['linux/amd64'], 'no'],
  ])('%s', (_story, node, platforms, fit) => {
    expect(runsOn(node, platforms)).toBe(fit);
  });
});

it.each(['linux/amd64', 'linux/arm/v7', 'windows(10.0.20348.2227)/amd64'])('%s is read and written alike', (text) => {
  expect(formatPlatform(parsePlatform(text))).toBe(text);
});

it.each(['', '/', '(/)', 'linux', '((((/x/y/z', ')('])('%j breaks nothing', (text) => {
  expect(runsOn(linux('amd64'), [text])).toBe('no');
});
