/** One turn on the stage: what you said, and what it said. */

import { element, icon } from '../common/dom.js';
import { trace } from '../common/trace.js';
import { drawn, inDollars, inSeconds, say } from '../common/words.js';
import { details } from './details.js';
import { settle } from './line.js';
import { Track } from './replay.js';
import { Reply } from './reply.js';

/** How fast answers may be played again. */
const RATES = [0.75, 1, 1.25, 1.5, 2];

/**
 * @typedef {object} TurnHands What can be done with a turn that was taken.
 * @property {(turn: TurnView, share?: number) => void} play From a share of it on, if there is one.
 * @property {(words: string) => void} correct
 * @property {(rate: number) => void} rate
 * @property {(clip: Blob, sounding: (sounds: boolean) => void) => void} hear Plays what was said.
 */

export class TurnView {
  #said = element('p', { className: 'said', dir: 'auto' });
  #reply = new Reply();
  #you = element('div', { className: 'who' });
  #it = element('div', { className: 'who', hidden: true });
  #meta = element('p', { className: 'meta', hidden: true }, say('interrupted'));
  #below = element('div', {});
  /** @type {Track|null} */
  #track = null;
  #shown = () => {};
  /** Whether it goes on, or sounds for the first time. */
  #live;
  #name = (/** @type {string} */ _action) => {};
  /** The turn as the server tells it, once it does. @type {any} */
  told = null;
  /** How long it took until it sounded, as the browser saw it, in milliseconds. @type {number|null} */
  firstSoundMs = null;

  /**
   * @param {import('./stage.js').Stage} stage
   * @param {{words?: string, levels?: number[], seconds?: number, clip?: Blob, past?: boolean}} said
   */
  constructor(stage, { words, levels, seconds, clip, past = false }) {
    this.stage = stage;
    this.#live = !past;
    this.spoken = clip !== undefined;
    /** The answer's sound, while this page has it. @type {Blob|null} */
    this.sound = null;
    this.item = element(
      'li',
      { className: 'turn' },
      element('div', { className: 'you' }, this.#you, this.#said),
      element('div', { className: 'it' }, this.#it, this.#reply.item, this.#meta, this.#below),
    );
    this.#you.append(element('b', {}, say('you')));
    if (clip && 'name' in clip) this.#you.append(element('span', { dir: 'auto' }, /** @type {File} */ (clip).name));
    if (levels && clip) {
      const picture = trace(levels);
      const glyph = element('span', { className: 'glyph' }, icon('play'));
      const sounding = (/** @type {boolean} */ sounds) => {
        this.#you.classList.toggle('sounding', sounds);
        glyph.replaceChildren(icon(sounds ? 'stop' : 'play'));
      };
      const player = element(
        'button',
        {
          className: 'player',
          type: 'button',
          'aria-label': `${say('listen')} ${inSeconds(seconds ?? 0)}`,
          onclick: () => stage.hands.hear(clip, sounding),
        },
        glyph,
        picture,
        seconds ? element('span', {}, inSeconds(seconds)) : '',
      );
      this.#you.append(player);
      requestAnimationFrame(() => settle(picture, stage.canvas, 'left'));
    }
    if (words !== undefined && !past) this.heard(words, null);
  }

  /** Which turn it is, as the server names it. @param {string|null} id */
  set turn(id) {
    if (id) this.item.dataset.turn = id;
  }

  /** What was heard. @param {string} words @param {string|null} language */
  heard(words, language) {
    if (language) this.#said.lang = this.#reply.item.lang = language;
    if (!this.spoken && !this.told) {
      this.#said.replaceChildren(words);
      return;
    }
    const edit = element(
      'button',
      { className: 'words', type: 'button', title: say('correct'), onclick: () => this.#correct(words) },
      words,
    );
    this.#said.replaceChildren(words ? edit : '—');
    if (words && this.spoken) this.stage.hint(this.#said);
  }

  /** Lets what was heard be put right, and asks again. @param {string} words */
  #correct(words) {
    const field = element('input', { value: words, 'aria-label': say('correct'), maxLength: 2000 });
    const back = () => {
      form.remove();
      this.#said.hidden = false;
      this.#said.querySelector('button')?.focus();
    };
    const form = element(
      'form',
      {
        className: 'correct',
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          back();
          if (field.value.trim()) this.stage.hands.correct(field.value.trim());
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          back();
        },
      },
      field,
      element('button', { className: 'button', type: 'submit' }, say('correct_send')),
    );
    this.#said.hidden = true;
    this.#said.after(form);
    field.focus();
    field.select();
  }

  /** More of the reply. @param {string} delta */
  write(delta) {
    this.#show();
    this.#reply.item.classList.add('writing');
    this.#reply.write(this.#reply.text + delta);
  }

  /** A sentence will sound. @param {import('../repartee.js').Speech} speech */
  place(speech) {
    this.#reply.place(speech);
  }

  /** A sentence sounds. @param {import('../repartee.js').Speech} speech */
  mark(speech) {
    this.#it.classList.add('sounding');
    this.#mark(speech.sentence);
  }

  /** Nothing sounds any more. */
  unmark() {
    this.#live = false;
    for (const player of this.#it.querySelectorAll('.player, .seek input')) player.disabled = false;
    this.#it.classList.remove('sounding');
    this.#mark(-1);
  }

  /** @param {number} sentence */
  #mark(sentence) {
    if (this.#reply.mark(sentence) && sentence >= 0) this.stage.follow();
  }

  /** How long its sound is. */
  get seconds() {
    return (this.told?.audio?.duration_ms ?? 0) / 1000;
  }

  /** It is played again, and has come so far. @param {number} seconds */
  at(seconds) {
    this.#track?.show(seconds);
    this.#mark(this.#reply.at(1000 * seconds));
  }

  #show() {
    if (!this.#reply.item.hidden) return;
    this.#reply.item.hidden = false;
    this.#it.hidden = false;
    this.#it.prepend(element('b', {}, drawn.name));
  }

  /** The answer is whole. @param {any} told @param {{levels?: number[], sound?: Blob|null}} [sounded] */
  finish(told, { levels, sound = null } = {}) {
    this.told = told;
    this.turn = told.turn_id;
    this.sound = sound;
    this.#reply.item.classList.remove('writing');
    this.#reply.write(told.reply ?? this.#reply.text);
    // What is built in speaks English, whatever the page does.
    const language = told.language ?? (told.engines?.thinking?.startsWith('embedded') ? 'en' : '');
    if (language) this.#said.lang = this.#reply.item.lang = language;
    if (this.#reply.text) this.#show();
    this.#player(levels);
    this.#facts();
  }

  /** Cut off, after this was heard. @param {any} told */
  cut(told) {
    this.told = { ...this.told, ...told };
    this.#reply.cut(spokenOf({ spoken: told.spoken ?? '' }));
    this.#facts();
  }

  /** As it was left. @param {any} told */
  recall(told) {
    this.told = told;
    this.heard(told.transcript ?? '', told.language);
    this.finish(told);
    if (told.status === 'interrupted') this.cut(told);
    this.#reply.estimate(spokenOf(told), 1000 * this.seconds);
  }

  /** @param {number[]} [levels] */
  #player(levels = []) {
    for (const old of this.#it.querySelectorAll('.player, .seek, .time, .rate')) old.remove();
    if (!this.sound && !this.told.audio?.url) return;
    this.playing = element('span', { className: 'glyph' }, icon('play'));
    const long = this.seconds ? inSeconds(this.seconds) : '';
    // While it sounds for the first time, it cannot be played again.
    const disabled = this.#live;
    const onclick = () => this.stage.hands.play(this);
    const button = element('button', { className: 'player', type: 'button', disabled, onclick }, this.playing);
    this.#name = (action) => button.setAttribute('aria-label', `${action} ${long}`);
    this.#name(say('replay'));
    const track = new Track(levels, this.seconds, (share) => this.stage.hands.play(this, share));
    this.#track = track;
    track.place.disabled = disabled;
    this.#it.append(button, track.item, element('span', { className: 'time' }, long), this.#rate());
    if (levels.length) requestAnimationFrame(() => settle(track.picture, this.stage.canvas, 'right'));
  }

  /** How fast it is played again; shown while it is. */
  #rate() {
    let at = RATES.indexOf(1);
    const write = () => {
      const amount = new Intl.NumberFormat(document.documentElement.lang).format(RATES[at]);
      button.textContent = say('times', { amount });
      button.setAttribute('aria-label', say('speed_of', { amount }));
    };
    const button = element('button', {
      className: 'quiet rate',
      type: 'button',
      hidden: true,
      onclick: () => {
        at = (at + 1) % RATES.length;
        write();
        this.stage.hands.rate(RATES[at]);
      },
    });
    this.#shown = () => this.stage.hands.rate(RATES[at]);
    write();
    return button;
  }

  /** There is nothing to be heard: it was not kept, or the server is away. @param {boolean} kept */
  soundless(kept) {
    if (!kept) for (const one of this.#it.querySelectorAll('.player, .seek, .time, .rate')) one.remove();
    this.fail(say(kept ? 'trouble_unreachable' : 'trouble_no_sound'));
  }

  /** Whether it is being played again. @param {boolean} sounds */
  sounds(sounds) {
    this.#it.classList.toggle('sounding', sounds);
    if (sounds) this.stage.attend();
    else this.#mark(-1);
    const rate = this.#it.querySelector('.rate');
    if (rate && sounds) {
      rate.hidden = false;
      this.#shown();
    }
    this.playing?.replaceChildren(icon(sounds ? 'pause' : 'play'));
    this.#name(say(sounds ? 'pause_replay' : 'replay'));
  }

  /** It is heard for the first time, so long after it was asked for. @param {number} afterMs */
  sounded(afterMs) {
    if (this.firstSoundMs !== null) return;
    this.firstSoundMs = afterMs;
    if (this.told) this.#facts();
  }

  /** How soon it was heard, for how much; and what else can be done with it. */
  #facts() {
    const { told, firstSoundMs: first } = this;
    const facts = [
      first ? say('first_sound', { seconds: inSeconds(first / 1000, { fine: true }) }) : '',
      told.cost_usd === 0 ? '' : inDollars(told.cost_usd),
    ];
    const more = element(
      'button',
      {
        className: 'quiet more',
        type: 'button',
        'aria-label': say('details'),
        title: say('details'),
        'aria-expanded': 'false',
        onclick: () => this.#details(more),
      },
      icon('more'),
    );
    for (const old of this.#it.querySelectorAll('.more, .facts')) old.remove();
    this.#it.append(more, element('span', { className: 'facts' }, facts.filter(Boolean).join(' · ')));
    this.#meta.hidden = told.status !== 'interrupted';
  }

  /** @param {HTMLElement} more */
  #details(more) {
    const open = more.getAttribute('aria-expanded') === 'true';
    more.setAttribute('aria-expanded', String(!open));
    this.#below.replaceChildren(...(open ? [] : [details(this)]));
    if (!open) this.stage.show(this.item);
  }

  /** What went wrong, and the ways out. @param {string} text @param {...Node} ways */
  fail(text, ...ways) {
    this.#reply.item.classList.remove('writing');
    this.unmark();
    const trouble = element(
      'div',
      { className: 'trouble', role: 'alert' },
      element('p', {}, text),
      ways.length ? element('div', { className: 'pair' }, ...ways) : '',
    );
    this.#below.replaceChildren(trouble);
    this.stage.follow();
  }

  /** Names the request that failed, for whoever runs the server. @param {string} request */
  name(request) {
    this.#below.querySelector('.trouble p')?.after(element('p', { className: 'note' }, `${say('request')} ${request}`));
  }

  /** It goes on after all. */
  retry() {
    this.#leave(this.#below);
    this.#below.replaceChildren();
    this.#reply.clear();
    this.unmark();
  }

  /** As if it had never been. */
  remove() {
    this.#leave(this.item);
    this.item.remove();
    if (this.stage.empty) this.stage.clear();
  }

  /** Whoever had the focus in it does not lose it. @param {HTMLElement} part */
  #leave(part) {
    if (part.contains(document.activeElement)) this.stage.focus();
  }
}

/** What was said aloud of an answer. @param {any} told @returns {string} */
function spokenOf({ spoken, reply }) {
  return (spoken ?? reply ?? '').replace(/\s*…$/, '');
}
