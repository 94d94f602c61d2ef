/** Plays a clip as it was sent, or as it was heard: what a turn would make of it. */

import { element } from '../common/dom.js';
import { say } from '../common/words.js';

/**
 * @param {Blob} sent @param {Blob|null} heard
 * @returns {{whole: HTMLElement, audio: HTMLAudioElement, forget: () => void}}
 */
export function clipPlayer(sent, heard) {
  const addresses = [sent, heard].filter((blob) => blob !== null).map((blob) => URL.createObjectURL(blob));
  const audio = element('audio', { controls: true, preload: 'metadata', 'aria-label': say('clip_player') });
  const note = element('p', { className: 'note', hidden: true }, say('not_playable_here'));
  const choose = (/** @type {number} */ chosen) => {
    audio.src = addresses[chosen];
    choices.forEach((choice, at) => choice.setAttribute('aria-pressed', String(at === chosen)));
  };
  const choices = ['as_it_was_sent', 'as_it_was_heard'].slice(0, addresses.length).map((name, at) =>
    element('button', { className: 'quiet toggle', type: 'button', onclick: () => choose(at) }, say(name)));
  // What this browser cannot play was heard all the same.
  audio.addEventListener('error', () => {
    if (audio.src !== addresses[0] || addresses.length < 2) return;
    note.hidden = false;
    choose(1);
  });
  choose(0);
  const group = element('div', { className: 'pair', role: 'group', 'aria-label': say('which_sound') });
  group.append(...choices);
  return {
    whole: element('div', { className: 'clip-player' }, audio, group, note),
    audio,
    forget: () => addresses.forEach((address) => URL.revokeObjectURL(address)),
  };
}
