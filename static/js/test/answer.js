/** What came back for one rendering, shown. */

import { element } from '../common/dom.js';
import { logIn } from '../common/log-in.js';
import { say } from '../common/words.js';
import { headersOf } from './headers.js';
import { bytes, milliseconds } from './numbers.js';
import { shortened } from './shorten.js';
import { bytesOf, playable } from './sound.js';
import { facts } from './table.js';

/** @typedef {import('./exchange.js').Answered} Answered */

/**
 * @param {Answered} answered @param {import('./event-log.js').EventLog|null} log
 * @returns {{parts: HTMLElement[], forget: () => void}}
 */
export function answerOf(answered, log) {
  const { status, ok, times, bytes: body, broken } = answered;
  const text = isText(answered) ? new TextDecoder().decode(body) : null;
  const object = parsed(text);
  const sound = ok ? soundIn(answered, object, log) : null;
  const address = sound && URL.createObjectURL(playable(sound.bytes, sound.mime));
  const parts = [
    element('pre', { className: `status ${ok ? '' : 'refused'}`, tabIndex: 0 }, element('code', {}, status)),
    status.split(' ')[1] === '401' &&
      element('p', { className: 'refusal' }, say('trouble_unauthenticated'), ' ', logIn()),
    broken && element('p', { className: 'refusal' }, say('broken_off')),
    facts([
      [say('time_to_headers'), milliseconds(times.headers)],
      [say('time_to_first_byte'), milliseconds(times.first)],
      [say('time_in_all'), milliseconds(times.total)],
      [say('size'), bytes(body.length)],
      [say('sound'), sound ? `${sound.mime}, ${bytes(sound.bytes.length)}` : '—'],
    ]),
    ...(sound && address ? playerOf(address, sound.mime) : []),
    log && ok && log.whole,
    !(log && ok) && text !== null && bodyOf(object ? shortened(object) : text),
    headersOf(answered.headers),
    element('p', { className: 'note' }, say('headers_note')),
  ];
  return {
    parts: parts.filter((part) => part),
    forget: () => address && URL.revokeObjectURL(address),
  };
}

/** @param {string} address @param {string} mime */
function playerOf(address, mime) {
  const note = element('p', { className: 'refusal', role: 'status' });
  const onerror = () => (note.textContent = say('not_played_as', { mime }));
  const label = say('answer_player');
  return [element('audio', { controls: true, onerror, src: address, 'aria-label': label }), note];
}

/** @param {string} text */
function bodyOf(text) {
  return element('pre', { tabIndex: 0, role: 'group', 'aria-label': say('body') }, element('code', {}, text));
}

/** @param {Answered} answered */
const isText = ({ type }) => /json|text/.test(type);

/** @param {string|null} text */
function parsed(text) {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * @param {Answered} answered @param {any} object
 * @param {import('./event-log.js').EventLog|null} log
 * @returns {{bytes: Uint8Array<ArrayBuffer>, mime: string}|null}
 */
function soundIn({ type, bytes: body }, object, log) {
  if (log) return log.sound();
  if (type.startsWith('audio/')) return { bytes: body, mime: type };
  const audio = object?.audio;
  return audio?.base64 ? { bytes: bytesOf(audio.base64), mime: audio.mime } : null;
}
