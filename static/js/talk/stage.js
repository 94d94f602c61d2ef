/** The stage: every turn of the conversation, the newest just above the line. */

import { byId, copy, element, icon } from './dom.js';
import { asCurl } from './curl.js';
import { settle, trace } from './line.js';
import { soundOf } from './server.js';
import { drawn, inDollars, inSeconds, say } from './words.js';

/** How near to its end the stage has to be to go on following it, in pixels. */
const NEAR = 80;
/** How fast answers may be played again. */
const RATES = [0.75, 1, 1.25, 1.5, 2];

export class Stage {
  #stage = byId('stage');
  #turns = byId('turns');
  #follows = true;

  /** @param {HTMLCanvasElement} canvas @param {TurnHands} hands */
  constructor(canvas, hands) {
    this.canvas = canvas;
    this.hands = hands;
    this.#stage.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#stage;
      this.#follows = scrollHeight - scrollTop - clientHeight < NEAR;
    });
    for (const part of [this.#turns, byId('next')]) new ResizeObserver(() => this.follow()).observe(part);
    new ResizeObserver(() => this.follow()).observe(this.#stage);
  }

  /** Whether nothing has been said yet. */
  get empty() {
    return this.#turns.childElementCount === 0;
  }

  /** A turn that begins now. @param {{words?: string, levels?: number[], seconds?: number, clip?: Blob}} said */
  begin(said) {
    this.#welcome(false);
    this.#follows = true;
    const turn = new TurnView(this, said);
    this.#turns.append(turn.item);
    this.follow();
    return turn;
  }

  /** Turns from before, the newest first. @param {any[]} told */
  showEarlier(told) {
    const before = this.#stage.scrollHeight - this.#stage.scrollTop;
    for (const turn of told) {
      const view = new TurnView(this, { words: turn.transcript ?? '', past: true });
      view.recall(turn);
      this.#turns.prepend(view.item);
    }
    this.#welcome(this.empty);
    this.#stage.scrollTop = this.#stage.scrollHeight - before;
  }

  /** Nothing has been said. */
  clear() {
    this.#turns.replaceChildren();
    this.#follows = true;
    this.#welcome(true);
  }

  /** @param {boolean} shown */
  #welcome(shown) {
    byId('welcome').hidden = !shown;
    byId('heading').hidden = shown;
  }

  /** Goes on to the newest, unless someone is reading further up. */
  follow() {
    if (this.#follows) this.#stage.scrollTop = this.#stage.scrollHeight;
  }
}

/**
 * @typedef {object} TurnHands What can be done with a turn that was taken.
 * @property {(turn: TurnView) => void} play
 * @property {(words: string) => void} correct
 * @property {(rate: number) => void} rate
 */

/** What an answer is called when it is saved. @param {any} told */
function fileName(told) {
  const endings = { 'audio/mpeg': 'mp3', 'audio/wav': 'wav' };
  const ending = endings[/** @type {keyof endings} */ (told.audio.mime)] ?? 'ogg';
  return `answer-${told.turn_id}.${ending}`;
}

/** One turn on the stage. */
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
  #name = (/** @type {string} */ _action) => {};
  /** The turn as the server tells it, once it does. @type {any} */
  told = null;
  /** How long it took until it sounded, as the browser saw it, in milliseconds. @type {number|null} */
  firstSoundMs = null;

  /**
   * @param {Stage} stage
   * @param {{words?: string, levels?: number[], seconds?: number, clip?: Blob, past?: boolean}} said
   */
  constructor(stage, { words, levels, seconds, clip, past = false }) {
    this.stage = stage;
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
    if (levels && clip) {
      const picture = trace(levels);
      const player = element(
        'button',
        { className: 'player', type: 'button', 'aria-label': `${say('listen')} ${inSeconds(seconds ?? 0)}`, onclick: () => this.#listen(clip) },
        picture,
        element('span', {}, inSeconds(seconds ?? 0)),
      );
      this.#you.append(player);
      requestAnimationFrame(() => settle(picture, stage.canvas, 'left'));
    }
    if (words !== undefined && !past) this.heard(words, null);
  }

  /** @param {Blob} clip */
  #listen(clip) {
    const address = URL.createObjectURL(clip);
    const sound = new Audio(address);
    sound.onended = () => URL.revokeObjectURL(address);
    sound.play();
  }

  /** What was heard. @param {string} words @param {string|null} language */
  heard(words, language) {
    if (language) this.#said.lang = language;
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
    const now = element('span', { className: 'now' }, this.#text.slice(marked.from, marked.to));
    this.#reply.replaceChildren(this.#text.slice(0, marked.from), now, this.#text.slice(marked.to));
  }

  /** The answer is whole. @param {any} told @param {{levels?: number[], sound?: Blob|null}} [sounded] */
  finish(told, { levels, sound = null } = {}) {
    this.told = told;
    this.sound = sound;
    this.#reply.classList.remove('writing');
    this.#text = told.reply ?? this.#text;
    if (told.language) {
      this.#said.lang = told.language;
      this.#reply.lang = told.language;
    }
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
      const unheard = element('span', { className: 'unheard', title: say('unheard') }, rest);
      this.#reply.replaceChildren(heard, unheard);
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
      { className: 'player', type: 'button', onclick: () => this.stage.hands.play(this) },
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

  /** There is nothing to be heard. */
  soundless() {
    this.#it.querySelector('.player')?.remove();
    this.fail(say('trouble_no_sound'));
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
    const here = ['localhost', '127.0.0.1', '[::1]'].includes(location.hostname);
    const facts = [
      first ? say('first_sound', { seconds: inSeconds(first / 1000, { fine: true }) }) : '',
      local ? say(here ? 'this_computer' : 'this_server') : '',
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
    if (open) {
      this.#below.replaceChildren();
      return;
    }
    const { told } = this;
    const times = told.timings_ms ?? {};
    const longest = Math.max(1, ...Object.values(times).map(Number), this.firstSoundMs ?? 0);
    const list = element('dl', {});
    const row = (/** @type {string} */ name, /** @type {any} */ value) =>
      value && list.append(element('dt', {}, name), element('dd', {}, ...[value].flat()));
    const time = (
      /** @type {string} */ name,
      /** @type {number|null|undefined} */ ms,
      /** @type {string|null} */ engine = null,
    ) => {
      if (!ms) return;
      const bar = element('span', { className: 'bar' });
      bar.style.width = `${(6 * ms) / longest}rem`;
      const who = engine && element('span', { className: 'note' }, ` ${engine}`);
      row(name, [bar, inSeconds(ms / 1000, { fine: true }), who].filter(Boolean));
    };
    time(say('hearing'), times.hearing, told.engines?.hearing);
    time(say('thinking'), times.first_words, told.engines?.thinking);
    time(say('speaking'), times.first_sound, told.engines?.speaking);
    time(say('in_your_browser'), this.firstSoundMs);
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
        copy(currentTarget, asCurl(told, this.spoken), say('copied'))),
      link,
    );
    this.#below.replaceChildren(element('div', { className: 'details' }, list, ways));
    this.stage.follow();
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

  /** It goes on after all. */
  retry() {
    this.#below.replaceChildren();
    this.#text = '';
    this.#sentences = [];
    this.unmark();
  }

  /** As if it had never been. */
  remove() {
    this.item.remove();
    if (this.stage.empty) this.stage.clear();
  }
}
