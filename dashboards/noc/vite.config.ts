import { defineConfig } from 'vite';

const gateway = process.env.SEAMWATCH_GATEWAY ?? 'http://127.0.0.1:8787';

export default defineConfig({
  base: './',
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { host: '127.0.0.1', proxy: { '/v1': { target: gateway, ws: true } } },
});
