/** What went wrong, in the words of the page, for those who do not read status codes. */

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

/** Whether others than those who were asked could answer. @param {import('../repartee.js').Problem} problem */
export function othersMay(problem) {
  return problem.code.startsWith('engine_') || problem.code === 'budget_reached';
}

/** @param {import('../repartee.js').Problem} problem */
export function inWords(problem) {
  const { told } = problem;
  const detail = (problem.detail || problem.title).replace(`${problem.stage}: `, '');
  const loudness = told.measured?.loudness_dbfs ?? null;
  const values = {
    detail: /[.?!]$/.test(detail) ? detail : `${detail}.`,
    stage: problem.stage && knows(problem.stage) ? say(problem.stage) : say('thinking'),
    seconds: problem.retryAfterSeconds ?? Math.round(told.limit_seconds ?? 0),
    megabytes: Math.round((told.limit_bytes ?? 0) / 1048576),
    loudness: loudness === null ? '' : String(Math.round(loudness)).replace('-', '−'),
  };
  const names = [
    problem.code === 'no_speech' && loudness === null && 'trouble_no_speech_plain',
    `trouble_${problem.code}`,
    problem.code.startsWith('engine_') && 'trouble_engine',
  ];
  return say(names.find((name) => name && knows(name)) || 'trouble_other', values);
}
