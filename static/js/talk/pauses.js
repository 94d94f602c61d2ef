/** Hears when someone begins to speak and when they pause, from how loud it is. */

/** Below this nothing is speech, however quiet the room. */
const FAINTEST = 0.006;
/** How much louder than the room speech is, to begin and to go on. */
const BEGINS = 3.5;
const GOES_ON = 2;
/** A click of the tongue is shorter. */
const SHORTEST_MS = 160;
/** How fast the room's own noise is learned: down at once, up slowly. */
const UP = 0.02;
const DOWN = 0.3;
/** Whoever speaks breathes in so many levels; what never does is the room. */
const BREATH = 50;

/** Listens to levels and says `speech` when it begins and `pause` when it has ended. */
export class Pauses {
  /** The latest levels, while someone seems to speak. @type {number[]} */
  #lately = [];
  #loudSince = 0;
  #lastLoud = 0;
  #speaking = false;

  /**
   * @param {number} pauseMs How long a pause ends what is said.
   * @param {{louder?: number, floor?: number}} [how] `louder`: how much louder speech has to be:
   *   while the answer sounds, what is left of its echo is not speech. `floor`: how loud the room is.
   */
  constructor(pauseMs, { louder = 1, floor = FAINTEST / BEGINS } = {}) {
    this.pauseMs = pauseMs;
    this.louder = louder;
    this.floor = floor;
  }

  /** Whether someone is speaking. */
  get speaking() {
    return this.#speaking;
  }

  /**
   * @param {number} level The root of the mean square, from 0 to 1.
   * @param {number} now In milliseconds.
   * @returns {'speech'|'pause'|null}
   */
  hear(level, now) {
    const factor = this.#speaking || this.#loudSince ? GOES_ON : BEGINS;
    const loud = level > Math.max(FAINTEST, this.floor * factor) * this.louder;
    if (!loud && !this.#speaking) {
      this.floor += (level - this.floor) * (level < this.floor ? DOWN : UP);
    }
    this.#lately = this.#speaking ? [...this.#lately, level].slice(-BREATH) : [];
    if (this.#lately.length === BREATH) this.floor = Math.max(this.floor, Math.min(...this.#lately));
    if (loud) {
      this.#lastLoud = now;
      this.#loudSince ||= now;
    } else if (!this.#speaking && now - this.#lastLoud > 100) {
      this.#loudSince = 0;
    }
    if (!this.#speaking && loud && now - this.#loudSince >= SHORTEST_MS) {
      this.#speaking = true;
      return 'speech';
    }
    if (this.#speaking && now - this.#lastLoud >= this.pauseMs) {
      this.#speaking = false;
      this.#loudSince = 0;
      return 'pause';
    }
    return null;
  }
}
