/** One turn on the stage: what you said, and what it said. */

import { element, icon } from '../common/dom.js';
import { trace } from '../common/trace.js';
import { drawn, inDollars, inSeconds, say } from '../common/words.js';
import { details } from './details.js';
import { isHere } from './engines.js';
import { settle } from './line.js';

/** How fast answers may be played again. */
const RATES = [0.75, 1, 1.25, 1.5, 2];

/**
 * @typedef {object} TurnHands What can be done with a turn that was taken.
 * @property {(turn: TurnView) => void} play
 * @property {(words: string) => void} correct
 * @property {(rate: number) => void} rate
 * @property {(clip: Blob, sounding: (sounds: boolean) => void) => void} hear Plays what was said.
 */

export class TurnView {
  #said = element('p', { className: 'said', dir: 'auto' });
  #reply = element('p', { className: 'reply', dir: 'auto', hidden: true });
  #you = element('div', { className: 'who' });
  #it = element('div', { className: 'who', hidden: true });
  #meta = element('div', { className: 'meta', hidden: true });
  #below = element('div', {});
  #text = '';
  /** Where each sentence that has sounded stands in the reply. @type {{from: number, to: number}[]} */
  #sentences = [];
  #marked = -1;
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
      element('div', { className: 'it' }, this.#it, this.#reply, this.#meta, this.#below),
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
    if (language) this.#said.lang = this.#reply.lang = language;
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
    this.#text += delta;
    this.#reply.classList.add('writing');
    this.#draw();
  }

  /** A sentence sounds. @param {{sentence: number, text_from: number, text_to: number}} speech */
  mark(speech) {
    this.#sentences[speech.sentence] = { from: speech.text_from, to: speech.text_to };
    this.#marked = speech.sentence;
    this.#it.classList.add('sounding');
    this.#draw();
  }

  /** Nothing sounds any more. */
  unmark() {
    this.#live = false;
    for (const player of this.#it.querySelectorAll('.player')) player.disabled = false;
    this.#marked = -1;
    this.#it.classList.remove('sounding');
    this.#draw();
  }

  #show() {
    if (!this.#reply.hidden) return;
    this.#reply.hidden = false;
    this.#it.hidden = false;
    this.#it.prepend(element('b', {}, drawn.name));
  }

  #draw() {
    const marked = this.#sentences[this.#marked];
    if (!marked) {
      this.#reply.replaceChildren(this.#text);
      return;
    }
    const words = this.#text.slice(marked.from, marked.to).trim();
    const from = this.#text.indexOf(words, marked.from);
    const now = element('span', { className: 'now' }, words);
    const rest = this.#text.slice(from + words.length);
    this.#reply.replaceChildren(this.#text.slice(0, from), now, rest);
  }

  /** The answer is whole. @param {any} told @param {{levels?: number[], sound?: Blob|null}} [sounded] */
  finish(told, { levels, sound = null } = {}) {
    this.told = told;
    this.turn = told.turn_id;
    this.sound = sound;
    this.#reply.classList.remove('writing');
    this.#text = told.reply ?? this.#text;
    // What is built in speaks English, whatever the page does.
    const language = told.language ?? (told.engines?.thinking?.startsWith('embedded') ? 'en' : '');
    if (language) this.#said.lang = this.#reply.lang = language;
    if (this.#text) this.#show();
    this.#draw();
    this.#player(levels);
    this.#facts();
  }

  /** Cut off, after this was heard. @param {any} told */
  cut(told) {
    this.told = { ...this.told, ...told };
    const heard = (told.spoken ?? '').replace(/\s*…$/, '');
    if (this.#text.startsWith(heard) && heard.length < this.#text.length) {
      const rest = this.#text.slice(heard.length);
      const told = element('span', { className: 'unseen' }, ` (${say('unheard')}) `);
      const unheard = element('span', { className: 'unheard', title: say('unheard') }, rest);
      this.#reply.replaceChildren(heard, told, unheard);
    }
    this.#facts();
  }

  /** As it was left. @param {any} told */
  recall(told) {
    this.told = told;
    this.heard(told.transcript ?? '', told.language);
    this.finish(told);
    if (told.status === 'interrupted') this.cut(told);
  }

  /** @param {number[]} [levels] */
  #player(levels) {
    const length = this.told.audio?.duration_ms;
    const there = this.sound || this.told.audio?.url;
    for (const old of this.#it.querySelectorAll('.player, .rate')) old.remove();
    if (!there) return;
    const picture = levels && trace(levels);
    this.playing = element('span', { className: 'glyph' }, icon('play'));
    const long = length ? inSeconds(length / 1000) : '';
    const button = element(
      'button',
      // While it sounds for the first time, it cannot be played again.
      { className: 'player', type: 'button', disabled: this.#live, onclick: () => this.stage.hands.play(this) },
      this.playing,
      picture,
      element('span', {}, long),
    );
    this.#name = (action) => button.setAttribute('aria-label', `${action} ${long}`);
    this.#name(say('replay'));
    this.#it.append(button, this.#rate());
    if (picture) requestAnimationFrame(() => settle(picture, this.stage.canvas, 'right'));
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
    if (!kept) for (const one of this.#it.querySelectorAll('.player, .rate')) one.remove();
    this.fail(say(kept ? 'trouble_unreachable' : 'trouble_no_sound'));
  }

  /** Whether it is being played again. @param {boolean} sounds */
  sounds(sounds) {
    this.#it.classList.toggle('sounding', sounds);
    const rate = this.#it.querySelector('.rate');
    if (rate && sounds) {
      rate.hidden = false;
      this.#shown();
    }
    this.playing?.replaceChildren(icon(sounds ? 'pause' : 'play'));
    this.#name(say(sounds ? 'pause_replay' : 'replay'));
  }

  /** How soon, where, for how much; and what else can be done with it. */
  #facts() {
    const { told } = this;
    const first = this.firstSoundMs ?? told.timings_ms?.first_sound;
    const local = Object.values(told.engines ?? {}).every((name) => !name || name.startsWith('embedded'));
    const facts = [
      first ? say('first_sound', { seconds: inSeconds(first / 1000, { fine: true }) }) : '',
      local ? say(isHere ? 'this_computer' : 'this_server') : '',
      inDollars(told.cost_usd),
      told.status === 'interrupted' ? say('interrupted') : '',
    ];
    const more = element(
      'button',
      {
        className: 'quiet',
        type: 'button',
        'aria-label': say('details'),
        title: say('details'),
        'aria-expanded': 'false',
        onclick: () => this.#details(more),
      },
      icon('more'),
    );
    this.#meta.hidden = false;
    this.#meta.replaceChildren(
      element('span', { className: 'facts' }, facts.filter(Boolean).join(' · ')),
      more,
    );
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
    this.#reply.classList.remove('writing');
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
    this.#text = '';
    this.#sentences = [];
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
