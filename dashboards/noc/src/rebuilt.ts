/**
 * Loads the page anew where the server has another build of it, as after an upgrade over night: the open page might not
 * understand the new server. Called after a reconnect.
 */
export async function reloadIfRebuilt(): Promise<void> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]')?.getAttribute('src');
  if (!own?.includes('/assets/')) return;
  try {
    const response = await fetch(new URL('./', location.href), { cache: 'no-cache' });
    const text = await response.text();
    if (response.ok && text.includes('/assets/') && !text.includes(own)) location.reload();
  } catch {
    // The server is away again; the next reconnect asks once more.
  }
}
