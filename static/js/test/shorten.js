/** Objects as text for eyes: sound in base64 becomes the number of its bytes. */

import { say } from '../common/words.js';
import { bytes } from './numbers.js';

/** Members that hold sound. */
const SOUND = new Set(['base64', 'data']);

/** @param {string} name @param {any} value */
function shorter(name, value) {
  if (!SOUND.has(name) || typeof value !== 'string' || value.length < 64) return value;
  const padding = value.endsWith('==') ? 2 : Number(value.endsWith('='));
  return say('of_sound', { size: bytes((value.length / 4) * 3 - padding) });
}

/** On many lines, or, for a list of events, on one. @param {any} value @param {{oneLine?: boolean}} [how] */
export function shortened(value, { oneLine = false } = {}) {
  return JSON.stringify(value, shorter, oneLine ? undefined : 2);
}
