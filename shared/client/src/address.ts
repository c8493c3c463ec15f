import { SeamError } from '@seamwatch/contracts/errors.ts';
import { bearerSubprotocolPrefix, subprotocol } from '@seamwatch/contracts/frames.ts';

/** The address as `ws:` or `wss:`. Throws `SEAM_CONFIG` where it is none. */
export function streamAddress(url: string): string {
  if (!URL.canParse(url))
    throw new SeamError('SEAM_CONFIG', `found "${url}", where wss://host/v1/stream is right`);
  const address = new URL(url);
  if (address.protocol === 'http:') address.protocol = 'ws:';
  if (address.protocol === 'https:') address.protocol = 'wss:';
  if (address.protocol !== 'ws:' && address.protocol !== 'wss:')
    throw new SeamError('SEAM_CONFIG', `found "${address.protocol}", where ws: or wss: is right`);
  address.hash = '';
  return address.href;
}

/** Subprotocols to offer; the server picks the first. */
export function protocolsFor(token: string | undefined): string[] {
  return token ? [subprotocol, bearerSubprotocolPrefix + base64Url(token)] : [subprotocol];
}

function base64Url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}
