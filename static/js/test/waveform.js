/** A clip's picture: how loud it was, where speech is, and which word was heard when. */

import { element } from '../common/dom.js';
import { height } from '../common/trace.js';
import { inSeconds, say } from '../common/words.js';
import { percent, seconds } from './numbers.js';

const BAR = 2.5;
const STEP = 5;
/** How tall it is, in pixels. */
const TALL = 96;
/** How wide a second is at least: words need room. A long clip is scrolled. */
const SECOND = 96;
const LONG_SECOND = 32;
const LONG = 60;
/** Between two words in one row, and from one row to the next. */
const GAP = 8;
const ROW = 26;

/** @typedef {{word: string, start_ms: number, end_ms: number, confidence: number|null}} Word */

export class Waveform {
  #samples;
  #seconds;
  /** @type {HTMLElement[]} */
  #words;
  #bars = drawing('bars');
  #played = drawing('played');
  /** Whose sound it shows. @type {HTMLAudioElement|null} */
  #audio = null;
  /** Its next frame, while it plays. */
  #frame = 0;
  /** How far it was scrolled to show what sounds; nothing, once the user has scrolled. @type {number|null} */
  #scrolled = null;

  /** @param {any} report What was heard. @param {Float32Array} samples */
  constructor(report, samples) {
    this.#samples = samples;
    this.#seconds = Math.max(report.duration_seconds, 0.05);
    this.#words = report.words.map((/** @type {Word} */ word) => this.#word(word));
    const picture = element(
      'div',
      { className: 'picture', role: 'img', 'aria-label': described(report) },
      ...report.speech_regions.map((/** @type {number[]} */ region) => this.#region(region)),
      this.#bars,
      this.#played,
    );
    // A click: fingers that scroll it do not mean a place in it.
    picture.addEventListener('click', (/** @type {MouseEvent} */ event) => this.#seek(event, picture));
    this.said = element('ol', { className: 'said', lang: report.language ?? '' }, ...this.#words);
    this.timeline = element('div', { className: 'timeline' }, picture, this.#ruler(), this.said);
    this.whole = element(
      'div',
      { className: 'waveform', tabIndex: 0, role: 'group', 'aria-label': say('waveform') },
      this.timeline,
    );
    const second = this.#seconds > LONG ? LONG_SECOND : SECOND;
    this.timeline.style.minWidth = `${Math.round(this.#seconds * second)}px`;
    new ResizeObserver(() => this.#fit()).observe(this.timeline);
  }

  /** Shows where this is while it plays. @param {HTMLAudioElement} audio */
  follow(audio) {
    this.#audio = audio;
    const step = () => {
      cancelAnimationFrame(this.#frame);
      this.#show(audio);
      if (!audio.paused && !audio.ended) this.#frame = requestAnimationFrame(step);
    };
    audio.addEventListener('play', () => (this.#scrolled = this.whole.scrollLeft));
    for (const moved of ['play', 'pause', 'ended', 'seeked']) audio.addEventListener(moved, step);
  }

  /** @param {HTMLAudioElement} audio */
  #show(audio) {
    const part = Math.min(1, audio.currentTime / this.#seconds);
    const begun = part > 0 && !audio.ended;
    this.whole.classList.toggle('sounding', !audio.paused && !audio.ended);
    this.#played.style.clipPath = `inset(0 ${100 * (1 - (begun ? part : 0))}% 0 0)`;
    const now = 1000 * audio.currentTime;
    for (const word of this.#words) {
      const spoken = begun && now >= Number(word.dataset.from) && now < Number(word.dataset.until);
      word.classList.toggle('now', spoken);
    }
    if (!audio.paused) this.#scroll(part);
  }

  /** Keeps in sight what sounds, until the user looks elsewhere. @param {number} part */
  #scroll(part) {
    if (this.#scrolled === null) return;
    if (Math.abs(this.whole.scrollLeft - this.#scrolled) > 1) {
      this.#scrolled = null;
      return;
    }
    this.whole.scrollLeft = Math.round(part * this.whole.scrollWidth - this.whole.clientWidth / 2);
    this.#scrolled = this.whole.scrollLeft;
  }

  /** @param {MouseEvent} event @param {HTMLElement} picture */
  #seek(event, picture) {
    const audio = this.#audio;
    if (!audio) return;
    const { left, width } = picture.getBoundingClientRect();
    audio.currentTime = Math.max(0, ((event.clientX - left) / width) * this.#seconds);
  }

  /** Draws for the room that there is. */
  #fit() {
    const wide = this.timeline.clientWidth;
    if (!wide) return;
    const path = outline(this.#samples, wide);
    for (const svg of [this.#bars, this.#played]) {
      svg.setAttribute('viewBox', `0 0 ${wide} ${TALL}`);
      svg.firstElementChild?.setAttribute('d', path);
    }
    this.#rows(wide);
  }

  /** Puts words where they were said; where there is no room, into the next row. @param {number} wide */
  #rows(wide) {
    /** Where each row ends. @type {number[]} */
    const ends = [];
    const sizes = this.#words.map((word) => word.offsetWidth);
    this.#words.forEach((word, at) => {
      const middle = (Number(word.dataset.from) + Number(word.dataset.until)) / 2000 / this.#seconds;
      const from = Math.max(0, Math.min(wide - sizes[at], middle * wide - sizes[at] / 2));
      let row = ends.findIndex((end) => end + GAP <= from);
      if (row < 0) row = ends.length;
      ends[row] = from + sizes[at];
      word.style.transform = `translate(${from}px, ${row * ROW}px)`;
    });
    this.said.style.height = `${ends.length * ROW}px`;
  }

  /** @param {Word} told */
  #word({ word, start_ms: from, end_ms: until, confidence }) {
    const sure = confidence === null ? '' : ` · ${say('confidence')} ${percent(confidence)}`;
    const item = element('li', {}, word);
    item.title = `${seconds(from / 1000)} – ${seconds(until / 1000)}${sure}`;
    item.dataset.from = from;
    item.dataset.until = until;
    item.style.setProperty('--sure', percentage(confidence ?? 1));
    return item;
  }

  /** @param {number[]} region */
  #region([from, until]) {
    const shade = element('span', { className: 'region' });
    shade.style.left = percentage(from / this.#seconds);
    shade.style.width = percentage((until - from) / this.#seconds);
    return shade;
  }

  #ruler() {
    const step = [0.5, 1, 5, 10, 30].find((every) => this.#seconds / every <= 24) ?? 60;
    const ruler = element('div', { className: 'ruler', 'aria-hidden': 'true' });
    // The last one needs room for its own width.
    for (let at = 0; at < this.#seconds - step / 4; at += step) {
      const mark = element('span', {}, inSeconds(at));
      mark.style.left = percentage(at / this.#seconds);
      ruler.append(mark);
    }
    return ruler;
  }
}

/** @param {number} part */
const percentage = (part) => `${(100 * part).toFixed(3)}%`;

/** @param {any} report */
function described({ duration_seconds: length, speech_seconds: speech, speech_regions: regions }) {
  return say('waveform_of', { length: seconds(length), speech: seconds(speech), parts: regions.length });
}

/** @param {string} name */
function drawing(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', name);
  svg.setAttribute('preserveAspectRatio', 'none');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('stroke-width', String(BAR));
  svg.append(path);
  return svg;
}

/**
 * Bars as on the line, each as tall as its part is loud.
 * @param {Float32Array} samples @param {number} wide
 */
function outline(samples, wide) {
  const bars = Math.max(1, Math.floor(wide / STEP));
  const every = samples.length / bars;
  let path = '';
  for (let bar = 0; bar < bars; bar += 1) {
    const part = samples.subarray(Math.floor(bar * every), Math.floor((bar + 1) * every));
    const power = part.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, part.length);
    const tall = Math.max(0.5, height(Math.sqrt(power)) * (TALL - 16));
    path += `M${bar * STEP + STEP / 2} ${((TALL - tall) / 2).toFixed(1)}v${tall.toFixed(1)}`;
  }
  return path;
}
