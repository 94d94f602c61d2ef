/** What is known of a turn, and how it is taken along. */

import { copy, element, icon } from '../common/dom.js';
import { soundOf } from '../common/server.js';
import { quoted } from '../common/shell.js';
import { inDollars, inSeconds, say } from '../common/words.js';

/** What an answer is called when it is saved. @param {any} told */
function fileName(told) {
  /** @type {Record<string, string>} */
  const endings = { 'audio/mpeg': 'mp3', 'audio/wav': 'wav' };
  const ending = endings[told.audio.mime] ?? 'ogg';
  return `answer-${told.turn_id}.${ending}`;
}

/** @param {import('./turn-view.js').TurnView} turn @returns {HTMLElement} */
export function details(turn) {
  const { told, firstSoundMs } = turn;
  const times = told.timings_ms ?? {};
  const longest = Math.max(1, ...Object.values(times).map(Number), firstSoundMs ?? 0);
  const { hearing = 0, first_words: words, first_sound: sound } = times;
  const list = element('dl', {});
  const row = (/** @type {string} */ name, /** @type {any} */ value) =>
    value && list.append(element('dt', {}, name), element('dd', {}, ...[value].flat()));
  const time = (
    /** @type {string} */ name,
    /** @type {number|null|undefined} */ until,
    /** @type {string|null} */ engine = null,
    /** @type {number} */ from = 0,
  ) => {
    const who = engine && element('span', { className: 'note' }, engine);
    if (!until) return row(name, who);
    const bar = element('span', { className: 'bar' });
    bar.style.marginInlineStart = `${(6 * from) / longest}rem`;
    bar.style.width = `${(6 * (until - from)) / longest}rem`;
    return row(name, [bar, inSeconds((until - from) / 1000, { fine: true }), who].filter(Boolean));
  };
  // Each begins where the one before has handed on its first part.
  time(say('hearing'), hearing, told.engines?.hearing);
  time(say('thinking'), words, told.engines?.thinking, hearing ?? 0);
  time(say('speaking'), sound, told.engines?.speaking, words ?? 0);
  time(say('in_your_browser'), firstSoundMs);
  time(say('total'), times.total);
  row(say('cost'), inDollars(told.cost_usd));
  row(say('voice'), told.voice);
  const button = (/** @type {string} */ name, /** @type {string} */ glyph, /** @type {(event: any) => void} */ onclick) =>
    element('button', { className: 'button', type: 'button', onclick }, icon(glyph), element('span', {}, say(name)));
  const link = told.audio?.url && element(
    'a',
    { className: 'button', href: soundOf(told.turn_id), download: fileName(told) },
    icon('download'),
    element('span', {}, say('download')),
  );
  const ways = element(
    'div',
    { className: 'pair' },
    button('copy_text', 'copy', ({ currentTarget }) =>
      copy(currentTarget, `${told.transcript ?? ''}\n\n${told.reply ?? ''}`, say('copied'))),
    button('copy_curl', 'code', ({ currentTarget }) =>
      copy(currentTarget, asCurl(told, turn.spoken), say('copied'))),
    link,
  );
  return element('div', { className: 'details' }, list, ways);
}

/**
 * The call that takes this turn again.
 * @param {any} told The turn, as the server tells it.
 * @param {boolean} spoken Whether it was said, and not typed.
 */
function asCurl(told, spoken) {
  const fields = [
    spoken ? '-F audio=@recording.webm' : `--form-string ${quoted(`text=${told.transcript ?? ''}`)}`,
    told.voice ? `-F ${quoted(`voice=${told.voice}`)}` : '',
  ];
  return ['curl', ...fields.filter(Boolean), quoted(`${location.origin}/voice-chat`), '-o answer.mp3'].join(' ');
}
