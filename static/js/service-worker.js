/**
 * Keeps the page itself, so that it opens without a network and says that it is offline. Never
 * keeps what was said: neither the interface nor sound.
 */

const SHELL = 'shell';

self.addEventListener('install', (event) => {
  event.waitUntil(fetch('/').then(keep).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (pathname === '/' || pathname.startsWith('/c/')) event.respondWith(page(event));
  } else if (pathname.startsWith('/static/')) event.respondWith(part(request));
});

/** The page of now; without a network, the one that was kept. */
async function page(event) {
  try {
    const answer = await fetch(event.request);
    event.waitUntil(keep(answer.clone()).catch(() => {}));
    return answer;
  } catch (error) {
    const kept = await (await caches.open(SHELL)).match('/');
    if (kept) return kept;
    throw error;
  }
}

/** Parts carry their edition in their address: what is kept is never out of date. */
async function part(request) {
  const kept = await (await caches.open(SHELL)).match(request);
  return kept ?? fetch(request);
}

/** Keeps the page and all that it names, and forgets the edition before. */
async function keep(answer) {
  if (!answer.ok || answer.redirected) return;
  const text = await answer.text();
  const named = text.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g);
  const parts = [...new Set([...named].map(([, address]) => address))];
  const shell = await caches.open(SHELL);
  const known = (await shell.keys()).map(({ url }) => new URL(url).pathname);
  await shell.addAll(parts.filter((address) => !known.includes(address)));
  await shell.put('/', new Response(text, { headers: answer.headers }));
  const old = known.filter((address) => address !== '/' && !parts.includes(address));
  await Promise.all(old.map((address) => shell.delete(address)));
}
