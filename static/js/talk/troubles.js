/** What went wrong, in the words of the page, for those who do not read status codes. */

import { knows, say } from './words.js';

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
    loudness: loudness === undefined || loudness === null ? '' : Math.round(loudness),
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

