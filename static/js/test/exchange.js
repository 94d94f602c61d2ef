/** One request to `/voice-chat`, with everything that came back and when. */

import { fileName } from '../repartee.js';
import { joined } from './sound.js';

/** The ways in which a turn is answered. */
export const RENDERINGS = [
  { name: 'mp3', query: '', label: 'mp3' },
  { name: 'stream', query: '?stream=1', label: 'mp3 stream=1' },
  { name: 'wav', query: '?format=wav', label: 'wav' },
  { name: 'ogg', query: '?format=ogg', label: 'ogg' },
  { name: 'pcm', query: '?format=pcm', label: 'pcm' },
  { name: 'json', query: '?format=json', label: 'json' },
  { name: 'events', query: '?format=events', label: 'events' },
];

/** @typedef {typeof RENDERINGS[number]} Rendering */

/** @typedef {{input: File|string, sound: string, memory: boolean}} Asked What is asked. */

/**
 * @typedef {object} Answered
 * @property {string} status The status line, as it was sent.
 * @property {boolean} ok
 * @property {string} type The media type.
 * @property {Headers} headers
 * @property {{headers: number, first: number|null, total: number}} times Since the request was
 *   sent, in milliseconds.
 * @property {Uint8Array<ArrayBuffer>} bytes
 * @property {boolean} broken Whether the connection ended before the answer did.
 */

/** What is sent, besides the sound itself. @param {Rendering} rendering @param {Asked} asked */
export function fieldsOf({ name }, { input, sound, memory }) {
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return /** @type {[string, string][]} */ ([
    ...(typeof input === 'string' ? [['text', input]] : []),
    ...(memory ? [] : [['memory', 'off']]),
    ...(name === 'json' || name === 'events' ? [['audio_format', sound]] : []),
    ['timezone', timezone],
  ]);
}

/**
 * @param {Rendering} rendering @param {Asked} asked
 * @param {{signal: AbortSignal, piece?: (bytes: Uint8Array, at: number) => void}} how `piece` is
 *   called with what comes, and when.
 * @returns {Promise<Answered>}
 */
export async function exchange(rendering, asked, { signal, piece }) {
  const form = new FormData();
  for (const [name, value] of fieldsOf(rendering, asked)) form.set(name, value);
  if (typeof asked.input !== 'string') form.set('audio', asked.input, fileName(asked.input));
  const address = new URL(`/voice-chat${rendering.query}`, location.href).href;
  performance.clearResourceTimings();
  const began = performance.now();
  const since = () => performance.now() - began;
  const answer = await fetch(address, { method: 'POST', body: form, signal });
  const times = { headers: since(), first: /** @type {number|null} */ (null), total: 0 };
  /** @type {Uint8Array[]} */
  const pieces = [];
  const reader = answer.body?.getReader();
  let broken = false;
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done || !value) break;
      times.first ??= since();
      pieces.push(value);
      piece?.(value, since());
    }
  } catch (error) {
    if (signal.aborted) throw error;
    broken = true;
  }
  times.total = since();
  return {
    status: `${await protocol(address)} ${answer.status} ${answer.statusText}`.trim(),
    ok: answer.ok,
    type: answer.headers.get('Content-Type') ?? '',
    headers: answer.headers,
    times,
    bytes: joined(pieces),
    broken,
  };
}

/** What browsers call protocols, and what status lines call them. @type {Record<string, string>} */
const PROTOCOLS = { h2: 'HTTP/2', h3: 'HTTP/3', 'http/1.1': 'HTTP/1.1', 'http/1.0': 'HTTP/1.0' };

/** Browsers note it a moment after the answer's end: how long to wait for that, in milliseconds. */
const MOMENT = 20;
const MOMENTS = 10;

/** How the last request to this address was made. @param {string} address */
async function protocol(address) {
  for (let left = MOMENTS; left > 0; left -= 1) {
    const timing = /** @type {PerformanceResourceTiming|undefined} */ (
      performance.getEntriesByName(address, 'resource').at(-1)
    );
    if (timing) return PROTOCOLS[timing.nextHopProtocol] ?? 'HTTP';
    await new Promise((resolve) => setTimeout(resolve, MOMENT));
  }
  return 'HTTP';
}
