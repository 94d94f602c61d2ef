/**
 * Recordings that have not been answered yet, kept in this browser until they are. Others who use
 * this browser do not see them.
 */

import { wasBefore } from '../common/log-in.js';
import { drawn } from '../common/words.js';

const STORE = 'unsent';
/** What nobody has asked for again in so long is forgotten, whoever's it is. */
const LONGEST_MS = 30 * 86_400_000;

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
 * What comes of it, once it is on disk; `undefined` if it could not be done.
 * @template T
 * @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T|undefined>}
 */
async function within(mode, act) {
  const opened = await database;
  if (!opened) return undefined;
  return new Promise((resolve) => {
    try {
      const transaction = opened.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => resolve(undefined);
      transaction.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

/**
 * @typedef {object} Kept
 * @property {string} key The turn's Idempotency-Key: sent again, it is still the same turn.
 * @property {Blob} clip
 * @property {number[]} levels
 * @property {number} seconds
 * @property {string|null} conversation
 * @property {import('../repartee.js').TurnOptions} options
 * @property {number} since
 */

/** What this page is busy with: other pages leave it alone. @type {Map<string, () => void>} */
const busy = new Map();

/** @param {string} key */
const lock = (key) => `unsent ${key}`;

/** Says whether it is kept. @param {Kept} kept @returns {Promise<boolean>} */
export async function keep(kept) {
  const { key } = kept;
  if (!busy.has(key)) {
    const held = new Promise((resolve) => busy.set(key, () => resolve(undefined)));
    navigator.locks?.request(lock(key), () => held);
  }
  const { visitor } = drawn;
  return (await within('readwrite', (store) => store.put({ ...kept, visitor }))) !== undefined;
}

/** This page is busy with it no more. @param {string} key */
export function release(key) {
  busy.get(key)?.();
  busy.delete(key);
}

/** @param {string} key */
export function drop(key) {
  release(key);
  return within('readwrite', (store) => store.delete(key));
}

/** What no page is busy with, the oldest first. @returns {Promise<Kept[]>} */
export async function left() {
  const all = (await within('readonly', (store) => store.getAll())) ?? [];
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const before = wasBefore();
  const mine = [];
  for (const { visitor, ...kept } of all) {
    const logged = before !== null && visitor === before;
    if (Date.now() - kept.since > LONGEST_MS) drop(kept.key);
    else if (visitor === drawn.visitor || logged) {
      mine.push(kept);
      if (logged) within('readwrite', (store) => store.put({ ...kept, visitor: drawn.visitor }));
    }
  }
  return mine
    .filter(({ key }) => !busy.has(key) && !held.some(({ name }) => name === lock(key)))
    .sort((one, other) => one.since - other.since);
}
