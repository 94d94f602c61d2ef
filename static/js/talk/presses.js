/** What a press on the button means, in each state. */

import { current as settings } from '../common/settings.js';
import { say } from '../common/words.js';

export class Presses {
  #talk;
  #dock;
  /** The press that goes on: in which state it began, and whether it is one to listen to. */
  #press = { state: 'idle', listens: false };

  /** @param {import('./talk.js').Talk} talk @param {import('./dock.js').Dock} dock */
  constructor(talk, dock) {
    this.#talk = talk;
    this.#dock = dock;
  }

  /** The button went down. */
  down() {
    this.#talk.wake();
    const { state } = this.#dock;
    const listens = state === 'idle' && !settings().handsFree;
    this.#press = { state, listens };
    if (listens) this.#talk.listen();
  }

  /** It came up again at once. */
  tap() {
    this.#talk.wake();
    switch (this.#press.state) {
      case 'idle':
        if (settings().handsFree) this.#talk.listenByItself();
        break;
      case 'listening':
      case 'held':
        if (this.#talk.hasJustBegun) this.#tooShort();
        else this.#talk.send();
        break;
      case 'waiting':
        this.#talk.endHandsFree();
        break;
      case 'asking':
      case 'hearing':
      case 'thinking':
      case 'speaking':
        this.#talk.stop();
        break;
      case 'blocked':
        if (settings().handsFree) this.#talk.listenByItself();
        else this.#talk.listen();
        break;
      case 'offline':
        this.#talk.lookForServer();
        break;
    }
  }

  /** The space bar was struck elsewhere than on the button: by that nothing opens. */
  brief() {
    const opens = this.#press.listens || ['idle', 'blocked'].includes(this.#press.state);
    if (opens) this.#tooShort();
    else this.tap();
  }

  /** It is being held. @param {boolean} byKey */
  held(byKey) {
    this.#dock.byKey = byKey;
    const { state } = this.#press;
    if (['hearing', 'thinking', 'speaking'].includes(state) && !this.#talk.byItself) {
      this.#press.listens = true;
      this.#talk.listen();
    }
    if (this.#press.listens) this.#talk.hold();
  }

  /** It was held, but too short to say anything. */
  short() {
    this.#let(() => this.#tooShort());
  }

  /** It was held and let go. */
  up() {
    this.#let(() => (this.#talk.listens ? this.#talk.send() : this.#talk.stop()));
  }

  /** It was let go. @param {() => void} end What ends the listening, if it goes on. */
  #let(end) {
    this.#talk.wake();
    if (!this.#press.listens) this.tap();
    // While the browser asks, nobody can go on holding: that was a tap.
    else if (this.#talk.asksToListen) this.#talk.hold(false);
    // A clip that has ended by itself goes its way.
    else if (this.#talk.listens || this.#talk.opens) end();
  }

  /** Nobody can have said anything yet. */
  #tooShort() {
    this.#talk.stop();
    if (this.#dock.state === 'idle') this.#dock.reword(say('too_short'));
  }

  /** The finger slid away, or came back. @param {boolean} away */
  slide(away) {
    if (this.#dock.state === 'held') this.#dock.reword(say(away ? 'discard' : 'held'), away);
  }

  /** It was let go somewhere else. */
  discard() {
    this.#talk.wake();
    if (this.#press.listens && (this.#talk.listens || this.#talk.opens)) this.#talk.stop();
  }

  /** Away with it, whatever it is. */
  escape() {
    const byItself = this.#talk.byItself && ['waiting', 'listening'].includes(this.#dock.state);
    if (byItself) this.#talk.endHandsFree();
    else this.#talk.stop();
  }

  /** Pressed and let go. */
  press() {
    this.down();
    this.tap();
  }
}
