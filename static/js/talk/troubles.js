/** What went wrong, in the words of the page, for those who do not read status codes. */

import { byId, element } from '../common/dom.js';
import { knows, say } from '../common/words.js';

/** After these the same again cannot help: nothing is kept to be sent once more. */
const POINTLESS = new Set([
  'no_speech',
  'audio_too_short',
  'audio_too_long',
  'audio_too_large',
  'unsupported_audio',
  'text_too_long',
]);

/** Whether sending the same again may help. @param {import('../repartee.js').Problem} problem */
export function worthRetrying(problem) {
  return !POINTLESS.has(problem.code);
}

/**
 * @param {import('../repartee.js').Problem} problem
 * @param {{spoken: boolean}} turn Whether the turn was spoken, and so is a recording.
 */
export function inWords(problem, { spoken }) {
  const { told } = problem;
  const loudness = told.measured?.loudness_dbfs;
  const values = {
    detail: problem.detail || problem.title,
    stage: problem.stage && knows(problem.stage) ? say(problem.stage) : say('thinking'),
    seconds: problem.retryAfterSeconds ?? Math.round(told.limit_seconds ?? 0),
    megabytes: Math.round((told.limit_bytes ?? 0) / 1048576),
    loudness: loudness === undefined || loudness === null ? '' : String(Math.round(loudness)).replace('-', '−'),
  };
  const names = [
    !spoken && `trouble_${problem.code}_text`,
    problem.code === 'no_speech' && values.loudness === '' && 'trouble_no_speech_plain',
    `trouble_${problem.code}`,
    problem.code.startsWith('engine_') && 'trouble_engine',
    'trouble_other',
  ];
  const name = names.find((name) => name && knows(name)) || 'trouble_other';
  return say(name, values);
}


/**
 * The ways out.
 * @param {import('../repartee.js').Problem} problem @param {Blob|undefined} clip What was said.
 * @param {{speakAgain: () => void, sendAgain: () => void, throwAway: () => void}} hands
 * @returns {Node[]}
 */
export function waysOut(problem, clip, hands) {
  const way = (/** @type {string} */ name, /** @type {() => void} */ onclick, strong = false) =>
    element('button', { className: strong ? 'button strong' : 'button', type: 'button', onclick }, say(name));
  const link = (/** @type {string} */ name, /** @type {string} */ href) =>
    element('a', { className: 'button', href }, say(name));
  if (problem.code === 'unauthenticated') return [link('log_in', '/login')];
  if (problem.code === 'unknown_conversation') return [link('begin_new', '/')];
  if (problem.code === 'no_speech' || problem.code === 'audio_too_short') {
    return [
      way('try_again', hands.speakAgain, true),
      way('check_microphone', () => byId('open-settings').click()),
    ];
  }
  if (!worthRetrying(problem)) return [];
  return [
    way('try_again', hands.sendAgain, true),
    ...(clip ? [way('listen', () => new Audio(URL.createObjectURL(clip)).play())] : []),
    way('throw_away', hands.throwAway),
  ];
}
