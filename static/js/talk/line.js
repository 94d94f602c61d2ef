/**
 * The line through the button: in on the left, out on the right. What is said moves into the
 * button, the answer moves out of it; colour means that sound is moving now.
 */

import { LEVEL_EVERY_MS } from '../common/microphone.js';
import { height } from '../common/trace.js';

const BAR = 2.5;
const STEP = 5;
/** How wide the button is, and how much air there is on each side of it. */
const BUTTON = 88;
const AIR = 20;
/** How far what is said reaches out around it. */
const HALO = 7;
/** How long the dash takes from one end to the other. */
const DASH_MS = 900;
/** How fast a side falls flat. */
const FALL_MS = 80;

/**
 * @typedef {object} Look How the line looks.
 * @property {'flat'|'ready'|'draw'|'broken'} left
 * @property {'flat'|'draw'|'frozen'} right
 * @property {boolean} [dash] Whether something passes from left to right.
 * @property {boolean} [cut] Whether the line is broken in the middle.
 */

export class Line {
  #canvas;
  #paint;
  /** @type {Look} */
  #look = { left: 'flat', right: 'flat' };
  /** The levels on each side, the newest last. */
  #levels = { left: /** @type {number[]} */ ([]), right: /** @type {number[]} */ ([]) };
  #since = { left: 0, right: 0, look: 0, step: 0 };
  #frame = 0;
  /** How loud it is just now, without haste. */
  #heard = 0;
  /** How long it is, and how far it reaches to both sides; upright, its left is above. */
  #size = { long: 0, middle: 0 };
  #colours = { you: '', it: '', line: '', ink: '' };
  #still = matchMedia('(prefers-reduced-motion: reduce)');
  /** Where levels come from. */
  sources = { left: () => 0, right: () => 0 };

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#paint = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
    new ResizeObserver(() => this.#fit()).observe(canvas);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.refresh());
    this.#fit();
  }

  /** @param {Look} look */
  set look(look) {
    const now = performance.now();
    for (const side of /** @type {const} */ (['left', 'right'])) {
      if (look[side] === this.#look[side]) continue;
      if (look[side] === 'draw') this.#levels[side] = [];
      this.#since[side] = now;
    }
    this.#look = look;
    this.#since.look = now;
    this.refresh();
  }

  /** Draws anew, with the colours of now. */
  refresh() {
    const style = getComputedStyle(this.#canvas);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    this.#colours = { you: colour('--you'), it: colour('--it'), line: colour('--line'), ink: colour('--ink') };
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame((now) => this.#draw(now));
  }

  #fit() {
    const { clientWidth, clientHeight } = this.#canvas;
    const density = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(clientWidth * density);
    this.#canvas.height = Math.round(clientHeight * density);
    const upright = standsUpright(this.#canvas);
    const [along, across] = upright ? [0, density] : [density, 0];
    this.#paint.setTransform(along, across, across, along, 0, 0);
    const [long, wide] = upright ? [clientHeight, clientWidth] : [clientWidth, clientHeight];
    this.#size = { long, middle: wide / 2 };
    this.refresh();
  }

  /** @param {number} now */
  #draw(now) {
    const { long, middle } = this.#size;
    this.#paint.clearRect(0, 0, long, 2 * middle);
    // The button, and some air around it.
    const gap = Math.min(long / 4, BUTTON / 2 + AIR);
    const half = long / 2 - gap;
    this.#hear(now);
    this.#left(now, half, middle);
    this.#right(now, long / 2 + gap, half, middle);
    if (this.#look.dash) this.#dash(now, half, gap, middle);
    if (this.#moves(now)) this.#frame = requestAnimationFrame((then) => this.#draw(then));
  }

  #moves(/** @type {number} */ now) {
    const { left, right, dash } = this.#look;
    const falling = now - Math.max(this.#since.left, this.#since.right) < FALL_MS;
    return left === 'draw' || right === 'draw' || (dash && !this.#still.matches) || falling;
  }

  /** Takes levels down, one a step. */
  #hear(/** @type {number} */ now) {
    const every = this.#still.matches ? 250 : LEVEL_EVERY_MS;
    if (now - this.#since.step < every) return;
    this.#since.step = now;
    for (const side of /** @type {const} */ (['left', 'right'])) {
      if (this.#look[side] !== 'draw') continue;
      this.#levels[side].push(height(this.sources[side]()));
      if (this.#levels[side].length > 400) this.#levels[side].shift();
    }
  }

  #left(/** @type {number} */ now, /** @type {number} */ half, /** @type {number} */ middle) {
    const { left } = this.#look;
    const { you, line } = this.#colours;
    const broken = left === 'broken' || this.#look.cut;
    if (left === 'draw') {
      this.#halo(this.#size.long / 2, middle);
      this.#bars('left', now, you, half, middle, (along) => along);
      return;
    }
    const colour = left === 'ready' ? you : line;
    const until = broken ? half - 28 : half;
    this.#stroke(colour, left === 'broken' ? 28 : 0, until, middle, left === 'ready' ? 2.5 : 1.5);
    this.#fall('left', now, you, half, middle, (along) => along);
  }

  /** What is said is seen where one looks: around the button. */
  #halo(/** @type {number} */ along, /** @type {number} */ middle) {
    if (this.#still.matches) return;
    this.#heard += (height(this.sources.left()) - this.#heard) / 4;
    this.#paint.fillStyle = this.#colours.you;
    this.#paint.globalAlpha = 0.25;
    this.#paint.beginPath();
    this.#paint.arc(along, middle, BUTTON / 2 + HALO * this.#heard, 0, 2 * Math.PI);
    this.#paint.fill();
    this.#paint.globalAlpha = 1;
  }

  #right(
    /** @type {number} */ now,
    /** @type {number} */ from,
    /** @type {number} */ half,
    /** @type {number} */ middle,
  ) {
    const { right } = this.#look;
    const { it, line } = this.#colours;
    const place = (/** @type {number} */ along) => from + along;
    if (right === 'flat') {
      this.#stroke(line, from + (this.#look.cut ? 28 : 0), from + half, middle, 1.5);
      this.#fall('right', now, it, half, middle, place);
      return;
    }
    this.#bars('right', now, it, half, middle, place);
  }

  /** What was drawn a moment ago falls flat. */
  #fall(
    /** @type {'left'|'right'} */ side,
    /** @type {number} */ now,
    /** @type {string} */ colour,
    /** @type {number} */ half,
    /** @type {number} */ middle,
    /** @type {(along: number) => number} */ place,
  ) {
    const left = 1 - (now - this.#since[side]) / FALL_MS;
    if (left > 0 && !this.#still.matches) this.#bars(side, now, colour, half, middle, place, left);
  }

  /** Bars from where sound comes in to where it goes; the newest is the nearest to its source. */
  #bars(
    /** @type {'left'|'right'} */ side,
    /** @type {number} */ now,
    /** @type {string} */ colour,
    /** @type {number} */ half,
    /** @type {number} */ middle,
    /** @type {(along: number) => number} */ place,
    scale = 1,
  ) {
    const paint = this.#paint;
    const levels = this.#levels[side];
    const drift = this.#look[side] === 'draw' && !this.#still.matches;
    const moved = drift ? ((now - this.#since.step) / LEVEL_EVERY_MS) * STEP : 0;
    const most = Math.min(middle, BUTTON / 2);
    paint.fillStyle = colour;
    for (let at = 0; at * STEP < half; at += 1) {
      const along = at * STEP + moved;
      if (along > half - BAR) break;
      // Voices come in softly at the edge, and answers fade out towards theirs.
      const far = side === 'left' ? 1 - along / half : along / half;
      const taper = side === 'left' ? Math.min(1, 0.25 + (1 - far) * 2) : Math.min(1, 1.15 - far);
      const level = this.#still.matches ? (levels.at(-1) ?? 0) : (levels.at(-1 - at) ?? 0);
      const steps = this.#still.matches ? Math.ceil(level * 5) / 5 : level;
      const tall = Math.max(1.5, steps * most * 2 * taper * scale);
      paint.beginPath();
      if (paint.roundRect) paint.roundRect(place(along), middle - tall / 2, BAR, tall, BAR / 2);
      else paint.rect(place(along), middle - tall / 2, BAR, tall);
      paint.fill();
    }
  }

  #stroke(
    /** @type {string} */ colour,
    /** @type {number} */ from,
    /** @type {number} */ until,
    /** @type {number} */ middle,
    /** @type {number} */ thick,
  ) {
    this.#paint.fillStyle = colour;
    this.#paint.fillRect(from, middle - thick / 2, Math.max(0, until - from), thick);
  }

  #dash(
    /** @type {number} */ now,
    /** @type {number} */ half,
    /** @type {number} */ gap,
    /** @type {number} */ middle,
  ) {
    if (this.#still.matches) return;
    const long = 44;
    const way = 2 * half + long;
    const at = (((now - this.#since.look) % DASH_MS) / DASH_MS) * way - long;
    const draw = (/** @type {number} */ from, /** @type {number} */ until) =>
      until > from && this.#stroke(this.#colours.ink, from, until, middle, 3);
    draw(Math.max(0, at), Math.min(half, at + long));
    draw(Math.max(half, at) + 2 * gap, Math.min(2 * half, at + long) + 2 * gap);
  }
}

/** Whether the line runs from top to bottom, as on a phone on its side. @param {Element} canvas */
function standsUpright(canvas) {
  return canvas.clientHeight > canvas.clientWidth;
}

/**
 * Lets what was drawn on one side of the line shrink onto the picture that it became.
 * @param {Element} picture @param {HTMLCanvasElement} canvas @param {'left'|'right'} side
 */
export function settle(picture, canvas, side) {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const to = picture.getBoundingClientRect();
  const line = canvas.getBoundingClientRect();
  if (!to.width || !line.width) return;
  const upright = standsUpright(canvas);
  const mirrored = !upright && getComputedStyle(canvas).direction === 'rtl';
  const second = (side === 'right') !== mirrored ? 0.5 : 0;
  const width = upright ? line.width : line.width / 2;
  const across = line.left + (upright ? 0 : line.width * second);
  const down = line.top + line.height * (upright ? second + 0.25 : 0.5);
  const move = `translate(${across - to.left}px, ${down - to.top - to.height / 2}px)`;
  picture.animate(
    [
      { transformOrigin: 'left center', transform: `${move} scale(${width / to.width}, 3)` },
      { transformOrigin: 'left center', transform: 'none' },
    ],
    { duration: 280, easing: 'cubic-bezier(.2,.8,.2,1)' },
  );
}
