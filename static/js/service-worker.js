/**
 * Keeps the page itself, so that it opens without a network and says that it is offline. Never
 * keeps what was said: neither the interface nor sound.
 */

const SHELL = 'shell';

self.addEventListener('install', (event) => {
  // What changes something goes straight to the server: on its way through here, what a page
  // sends as it is left would be lost with it.
  const changing = ['POST', 'PATCH', 'DELETE'];
  const straight = changing.map((requestMethod) => ({ condition: { requestMethod }, source: 'network' }));
  event.addRoutes?.(straight)?.catch(() => {});
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

/** What those say who stand in front of a server that is away. */
const AWAY = [502, 503, 504];

/** The page of now; where there is none, the one that was kept. */
async function page(event) {
  const answer = await fetch(event.request).catch(() => null);
  if (answer && !AWAY.includes(answer.status)) {
    event.waitUntil(keep(answer.clone()).catch(() => {}));
    return answer;
  }
  const kept = await (await caches.open(SHELL)).match('/');
  return kept ?? answer ?? Response.error();
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
