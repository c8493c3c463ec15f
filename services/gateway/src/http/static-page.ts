import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Answer } from './answer.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
};

/** Only what this gateway serves: no inline script, no foreign host. */
const contentSecurityPolicy =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

const compressible = /^(text|image\/svg|application\/(json|manifest))/;
/** `index-Bx3f9_Qa.js`: a name that changes with the content may be kept for ever. */
const hashedName = /[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const hashedFolder = '/assets/';

interface Asset {
  type: string;
  body: Buffer;
  gzip: Buffer | null;
  etag: string;
  immutable: boolean;
}

/**
 * The built page, held in memory (it is small) and read again when it is built again. A request can only name what
 * was found in the folder, so no path leads out of it.
 */
export class StaticPage {
  readonly #folder: string;
  #assets: ReadonlyMap<string, Asset> = new Map();
  #builtAt = '';

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file at this path, or undefined; for `/` without a built page, a message that says how to build it. */
  answer(request: IncomingMessage, path: string): Answer | undefined {
    this.#readWhenChanged();
    const asset = this.#assets.get(path === '/' ? '/index.html' : path);
    if (!asset) return path === '/' ? notBuilt : undefined;
    const { type, body, gzip, etag, immutable } = asset;
    const headers = {
      'content-type': type,
      'content-security-policy': contentSecurityPolicy,
      'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      etag,
      vary: 'accept-encoding',
    };
    if (request.headers['if-none-match']?.includes(etag)) return { status: 304, headers };
    const zipped = gzip !== null && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    return zipped
      ? { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: gzip }
      : { status: 200, headers, body };
  }

  #readWhenChanged(): void {
    const changedMs = (name: string) =>
      statSync(join(this.#folder, name), { throwIfNoEntry: false })?.mtimeMs;
    const index = changedMs('index.html');
    const builtAt = `${index} ${changedMs('assets')}`;
    if (builtAt === this.#builtAt) return;
    this.#builtAt = builtAt;
    this.#assets = index === undefined ? new Map() : readAssets(this.#folder);
  }
}

/** Plain files only: a symbolic link is not followed. */
function readAssets(folder: string): Map<string, Asset> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((f) => f.isFile());
  return new Map(
    files.map((file) => {
      const name = join(file.parentPath, file.name);
      const path = `/${relative(folder, name).split(sep).join('/')}`;
      const type = types[extname(name).toLowerCase()] ?? 'application/octet-stream';
      const body = readFileSync(name);
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      const gzip = compressible.test(type) && body.length > 1_024 ? gzipSync(body) : null;
      return [
        path,
        { type, body, gzip, etag, immutable: path.startsWith(hashedFolder) && hashedName.test(path) },
      ];
    }),
  );
}

const notBuilt: Answer = {
  status: 503,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
  },
  body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Seamwatch</title>
<h1>The page is not built yet</h1>
<p>Seamwatch runs, and its API answers under <code>/v1</code>. To see the page, run
<code>npm run build:page</code> once, then load this address again.</p></html>
`,
};
