/** Sound as the server sends it, made into what a browser can draw and play. */

import { wav } from '../common/wav.js';

/** @param {string} base64 @returns {Uint8Array<ArrayBuffer>} */
export function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
}

/** 16-bit little-endian samples, one channel. @param {Uint8Array} bytes @param {number} [from] */
export function samplesOf(bytes, from = 0) {
  const view = new DataView(bytes.buffer, bytes.byteOffset + from);
  const samples = new Float32Array(view.byteLength >> 1);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = view.getInt16(2 * at, true) / 32768;
  }
  return samples;
}

/** The bytes of a WAV file's header, as this server writes it. */
export const WAV_HEADER = 44;

/** How many samples a second, where the media type says so. @param {string} mime */
function rateOf(mime) {
  return Number(/rate=(\d+)/.exec(mime)?.[1] ?? 16_000);
}

/** A file that browsers play. @param {Uint8Array<ArrayBuffer>} bytes @param {string} mime @returns {Blob} */
export function playable(bytes, mime) {
  if (/^audio\/(pcm|l16)/i.test(mime)) return wav(samplesOf(bytes), rateOf(mime));
  return new Blob([bytes], { type: mime });
}

/** These pieces in one. @param {Uint8Array[]} pieces */
export function joined(pieces) {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
