import { type Window, windows } from '@seamwatch/contracts/measures.ts';

export const themes = ['auto', 'dark', 'light'] as const;
export type Theme = (typeof themes)[number];

/** What the address of the page asks for. */
export interface AddressSettings {
  /** `?wall`: large type, no controls. */
  wall: boolean;
  /** `?wall&sound`: a wall, where nothing can be muted, is silent unless it is asked for. */
  sound: boolean;
  /** `?window=24h` */
  window: Window | undefined;
  /** `?theme=light` */
  theme: Theme | undefined;
  /** `#alert=…`: the alert that is shown. */
  alert: string | undefined;
  /** `#token=…`: signs a wall in. After the hash, since that part is never sent to a server. */
  token: string | undefined;
}

export function readAddress(search: string, hash: string): AddressSettings {
  const query = new URLSearchParams(search);
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  return {
    wall: query.has('wall'),
    sound: query.has('sound'),
    window: oneOf(windows, query.get('window')),
    theme: oneOf(themes, query.get('theme')),
    alert: fragment.get('alert') || undefined,
    token: fragment.get('token') || undefined,
  };
}

/** The hash that selects an alert, and keeps what else the hash says. */
export function hashWithAlert(hash: string, alert: string | undefined): string {
  const fragment = new URLSearchParams(hash.replace(/^#/, ''));
  if (alert === undefined) fragment.delete('alert');
  else fragment.set('alert', alert);
  return `#${fragment}`;
}

const prefix = 'seamwatch.';

/** A choice kept in this browser; undefined where there is none, or where storage is off. */
export function readChoice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
  try {
    return oneOf(allowed, localStorage.getItem(prefix + name));
  } catch {
    return undefined;
  }
}

export function keepChoice(name: string, value: string): void {
  try {
    localStorage.setItem(prefix + name, value);
  } catch {
    // Storage is off or full: the choice holds until the page is closed.
  }
}

function oneOf<T extends string>(allowed: readonly T[], value: string | null): T | undefined {
  return allowed.find((item) => item === value);
}
