/** Recordings that have not been answered yet, kept in this browser until they are. */

const STORE = 'unsent';

/** @type {Promise<IDBDatabase|null>} */
const database = new Promise((resolve) => {
  try {
    const opening = indexedDB.open('repartee', 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'key' });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => resolve(null);
  } catch {
    // Browsers may forbid to keep anything: then a recording lives as long as the page.
    resolve(null);
  }
});

/**
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T|undefined>}
 */
async function within(mode, act) {
  const opened = await database;
  if (!opened) return undefined;
  return new Promise((resolve) => {
    const request = act(opened.transaction(STORE, mode).objectStore(STORE));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(undefined);
  });
}

/**
 * @typedef {object} Unsent
 * @property {string} key The turn's Idempotency-Key: sent again, it is still the same turn.
 * @property {Blob} clip
 * @property {number[]} levels
 * @property {number} seconds
 * @property {string|null} conversation
 */

/** What this page is busy with: other pages leave it alone. @type {Map<string, () => void>} */
const busy = new Map();

/** @param {string} key */
const lock = (key) => `unsent ${key}`;

/** @param {Unsent} unsent */
export function keep(unsent) {
  const { key } = unsent;
  if (!busy.has(key)) {
    const held = new Promise((resolve) => busy.set(key, () => resolve(undefined)));
    navigator.locks?.request(lock(key), () => held);
  }
  return within('readwrite', (store) => store.put(unsent));
}

/** @param {string} key */
export function drop(key) {
  busy.get(key)?.();
  busy.delete(key);
  return within('readwrite', (store) => store.delete(key));
}

/** What is left from before, the oldest first. @returns {Promise<Unsent[]>} */
export async function left() {
  const all = (await within('readonly', (store) => store.getAll())) ?? [];
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return all.filter(({ key }) => !held.some(({ name }) => name === lock(key)));
}
