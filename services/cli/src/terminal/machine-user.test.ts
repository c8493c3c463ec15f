import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { machineUser } from './machine-user.ts';

test('who runs a command is told with the host', () => {
  expect(machineUser(() => 'ada')).toBe(`ada@${hostname()}`);
});

test('a user without a name, as in a container, is told by its number', () => {
  const nameless = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  expect(machineUser(nameless)).toBe(`${process.getuid!()}@${hostname()}`);
});
