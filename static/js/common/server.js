/** What the page asks the server for besides turns. */

import { ask } from '../repartee.js';

/** @param {string} path */
async function read(path) {
  return (await ask(path, {})).json();
}

/** Voices, languages, engines and limits. */
export function capabilities() {
  return read('/api/v1/capabilities');
}

/** @param {{limit: number, query?: string, cursor?: string}} part */
export function conversations({ limit, query = '', cursor = '' }) {
  const part = new URLSearchParams({ limit: String(limit), q: query, cursor });
  return read(`/api/v1/conversations?${part}`);
}

/** @param {string} id */
export function conversation(id) {
  return read(`/api/v1/conversations/${encodeURIComponent(id)}`);
}

/** Its turns, the newest first. @param {string} id @param {string} [cursor] */
export function turns(id, cursor = '') {
  const part = new URLSearchParams({ limit: '20', cursor });
  return read(`/api/v1/conversations/${encodeURIComponent(id)}/turns?${part}`);
}

/** @param {string} id @param {string} title */
export async function rename(id, title) {
  const answer = await ask(`/api/v1/conversations/${id}`, {}, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ title }),
  });
  return answer.json();
}

/** @param {string} id */
export function remove(id) {
  return ask(`/api/v1/conversations/${id}`, {}, { method: 'DELETE', keepalive: true });
}

/** Where a conversation can be saved from. @param {string} id @param {'md'|'json'} format */
export function exported(id, format) {
  return `/api/v1/conversations/${id}/export?format=${format}`;
}

/** Where a turn's sound is. @param {string} id */
export function soundOf(id) {
  return `/api/v1/turns/${id}/audio`;
}

/** A voice, heard. @param {string} voice @param {string} text @param {number} speed @returns {Promise<Blob>} */
export async function sample(voice, text, speed) {
  const answer = await ask('/v1/audio/speech', {}, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ input: text, ...(voice ? { voice } : {}), speed, response_format: 'wav' }),
  });
  return answer.blob();
}

/** What is answered to this, in words alone. @param {string} content */
export function answered(content) {
  return ask('/v1/chat/completions', {}, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
}

/** Whether it is there. */
export async function isThere() {
  const answer = await fetch('/livez', { cache: 'no-store' }).catch(() => null);
  return answer?.ok ?? false;
}

/** How often it is looked whether it is back. */
const AGAIN_MS = 3000;

/** Looks for a server that is away, until it is back. */
export class Lookout {
  #timer = 0;

  /** @param {() => void} back */
  constructor(back) {
    this.back = back;
  }

  /** It is away. */
  begin() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.look(), AGAIN_MS);
  }

  /** Looks now. */
  async look() {
    clearTimeout(this.#timer);
    if (await isThere()) this.back();
    else this.begin();
  }
}
