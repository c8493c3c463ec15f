import { hostname, userInfo } from 'node:os';

/** Who runs the command, as `user@host`; a user without a name, as containers have, by its number. */
export const machineUser = (nameOf = () => userInfo().username): string =>
  `${nameOrNumber(nameOf)}@${hostname()}`;

function nameOrNumber(nameOf: () => string): string | number {
  try {
    return nameOf();
  } catch {
    return process.getuid?.() ?? 'unknown';
  }
}
