/**
 * What is going on, and what leads to what: idle, listening, hearing, thinking, speaking, and all
 * that may come between.
 */

import { Microphone } from '../common/microphone.js';
import { Recorder } from '../common/recorder.js';
import { Lookout, isThere } from '../common/server.js';
import { current as settings } from '../common/settings.js';
import { hush, playOnce } from '../common/sound.js';
import { looksOf } from '../common/trace.js';
import { say } from '../common/words.js';
import { Player } from '../repartee.js';
import { Ear, Screen } from './handsfree.js';
import { Pauses } from './pauses.js';
import { Permission } from './permission.js';
import { Replay } from './replay.js';
import { Taking } from './taking.js';
import { Unsent, newKey } from './unsent.js';

/** A prompt of the browser's is only spoken of when it is really there. */
const PROMPT_AFTER_MS = 250;
/** What is sent sooner than this was a slip of the finger. */
const SHORTEST_MS = 400;
/** Whoever speaks is heard by then, or their microphone is not. */
const SILENT_SECONDS = 4;
/** How long the next question waits until it is written down what was heard of the last answer. */
const LEAVING_MS = 1500;
/** How long may be spoken where the server does not say. */
const LONGEST_SECONDS = 60;

/** @typedef {import('./taking.js').Said} Said */
/** @typedef {import('./unsent.js').Asking} Asking */
/** @typedef {import('./turn-view.js').TurnView} TurnView */

export class Talk {
  #dock;
  #stage;
  #recorder = new Recorder();
  #replay = new Replay();
  #lookout = new Lookout(() => this.#back());
  #unsent = new Unsent({
    send: (asking) => this.#again(asking),
    changed: () => this.#settle(),
    speakAgain: () => this.hands.speakAgain(),
    hear: (clip) => this.playClip(clip),
    ownEngines: (seconds) => this.hands.ownEngines(seconds),
    standIn: () => this.hands.standIn(true),
    show: (said) => this.#stage.begin(said),
  });
  /** @type {Player|null} */
  #player = null;
  /** @type {Ear|null} */
  #ear = null;
  /** @type {Taking|null} */
  #taking = null;
  /** What was left just now, until the server knows. @type {Promise<void>|undefined} */
  #leaving;
  /** Counts what is begun: what was begun before comes to nothing. */
  #begun = 0;
  /** Counts where one has been: what belongs elsewhere does not lead away from here. */
  #place = 0;
  #permission = new Permission(() => {
    if (this.state !== 'blocked') return;
    this.#dock.hush();
    this.#settle();
  });
  #screen = new Screen();
  /** Whether the button is held. */
  #holds = false;
  /** Whether it is to listen by itself once nothing else goes on. */
  #earWanted = false;
  /** Whether the server's own engines answer for now, whatever is set there. */
  standsIn = false;
  /** The conversation that goes on; none yet. @type {string|null} */
  conversation = null;

  /**
   * @param {import('./dock.js').Dock} dock @param {import('./stage.js').Stage} stage
   * @param {{limits: () => {audio_seconds?: number}, rate: () => number|undefined,
   *   answered: (told: any) => void, elsewhere: (told: any) => void,
   *   asks: () => void, away: () => void, back: (shown: boolean) => void,
   *   go: (conversation: string) => Promise<void>, speakAgain: () => void,
   *   ownEngines: (seconds: number) => boolean, standIn: (on: boolean) => void}} hands
   */
  constructor(dock, stage, hands) {
    this.#dock = dock;
    this.#stage = stage;
    this.hands = hands;
    dock.line.sources.left = () => this.#ear?.microphone.level ?? this.#recorder.level;
    dock.line.sources.right = () => this.#player?.level ?? 0;
  }

  get state() {
    return this.#dock.state;
  }

  get #longest() {
    return this.hands.limits().audio_seconds ?? LONGEST_SECONDS;
  }

  /** Whether someone is being listened to, until the button is let go. */
  get listens() {
    return this.#recorder.records;
  }

  /** Whether that began only now. */
  get hasJustBegun() {
    const { began } = this.#recorder;
    return began !== undefined && performance.now() - began < SHORTEST_MS;
  }

  /** Whether the microphone is about to open. */
  get opens() {
    return this.#recorder.opens;
  }

  /** Whether the browser asks just now whether it may. */
  get asksToListen() {
    return this.opens && !this.#permission.granted;
  }

  /** Whether it listens by itself. */
  get byItself() {
    return this.#ear !== null;
  }

  // What hands do.

  /** A turn by hand. @param {string} words */
  type(words) {
    this.hands.asks();
    this.wake();
    this.stop();
    this.#ask({ words });
  }

  /** A turn by file. @param {File} file */
  async bring(file) {
    const { context } = this.wake();
    this.stop();
    const mine = this.#begun;
    this.#show('hearing');
    const looks = await looksOf(file, context);
    if (mine === this.#begun) this.#ask({ clip: file, ...looks });
  }

  /** Plays what somebody said, or ends that. @param {Blob} clip @param {(sounds: boolean) => void} [shown] */
  playClip(clip, shown) {
    // It is not for the assistant, nor is the answer to be drowned.
    this.deaf();
    if (this.state === 'speaking') this.stop();
    playOnce(clip, shown);
  }

  /**
   * Plays an answer again, or pauses it; from a share of it on, wherever it was before.
   * @param {TurnView} view @param {number} [share]
   */
  async play(view, share) {
    const player = this.wake();
    // A question is not given up for an old answer.
    if (['hearing', 'thinking'].includes(this.state)) return;
    if (!this.#replay.of(view)) this.stop();
    const sounds = await this.#replay.toggle(view, player, () => this.#settle(), share);
    if (sounds) this.#sounds();
    else if (!this.#replay.sounds) this.#settle();
  }

  /** Answers are played again faster, or as they were said. @param {number} rate */
  replayAt(rate) {
    this.#replay.at(rate);
  }

  /** Nobody is listened to any more. */
  deaf() {
    this.endHandsFree();
    if (['asking', 'listening', 'held'].includes(this.state)) this.stop();
  }

  /** Another conversation is shown, or none: what was said here goes on without being heard. */
  leave() {
    const taking = this.#taking;
    if (taking && !this.#player?.playing) this.#taking = null;
    this.stop();
    this.#place += 1;
    this.#unsent.parkAll();
    this.#dock.hush();
    this.#settle();
  }

  /** What was left unanswered is shown where it belongs. */
  async recallUnsent() {
    await this.#unsent.recall(this.conversation);
  }

  // What leads to what.

  /** Sound needs a player, and a player has to be made in a press. */
  wake() {
    if (!this.#player) {
      this.#player = new Player({ rate: this.hands.rate() });
      this.#player
        .on('sound', () => this.#sounds())
        .on('sentence', (speech) => this.#taking?.asking.view.mark(speech))
        .on('blocked', () => this.#show('muted'))
        .on('end', () => this.#ended());
    }
    this.#player.unlock();
    return this.#player;
  }

  /** @param {import('./dock.js').State} state */
  #show(state) {
    const open = this.#ear?.listens ?? this.#recorder.records;
    const asides = { speaking: open ? 'speak_aside_open' : 'speak_aside', waiting: 'waiting_aside' };
    const aside = state === 'speaking' || state === 'waiting' ? say(asides[state]) : '';
    const since = this.#recorder.began;
    this.#dock.show(state, { aside, microphone: open, limit: this.#longest, since });
  }

  /** Shows what goes on where nothing else says so. */
  #settle() {
    const sounds = this.#replay.sounds || this.#player?.playing;
    const listens = this.#recorder.opens || this.#recorder.records;
    if (this.state === 'offline' || this.#taking || sounds || listens) return;
    if (this.#ear) {
      this.#ear.listen();
      if (!this.#ear.speaking) this.#show('waiting');
    } else if (this.#earWanted) this.listenByItself();
    else this.#show('idle');
  }

  /**
   * Opens a microphone, and says so when the browser asks whether it may.
   * @param {(mine: number) => Promise<void>} opening
   */
  async #prompted(opening) {
    this.hands.asks();
    this.stop();
    this.#dock.hush();
    const mine = this.#begun;
    const asks = () => {
      if (mine !== this.#begun) return;
      this.#show('asking');
      if (this.#permission.granted) this.#dock.reword(say('opening'));
    };
    const prompt = setTimeout(asks, PROMPT_AFTER_MS);
    try {
      await opening(mine);
    } catch (error) {
      if (mine !== this.#begun) return;
      this.#recorder.discard();
      this.#permission.refused(error, this.#dock);
    } finally {
      clearTimeout(prompt);
    }
  }

  /** Listens until the button is let go; after a tap, until a pause or the next one. */
  listen() {
    this.#holds = false;
    return this.#prompted(async () => {
      const { device, pause, untilTap } = settings();
      const pauses = new Pauses(pause * 1000);
      let spoke = false;
      const heard = (/** @type {number} */ level) => {
        const over = pauses.hear(level, performance.now()) === 'pause';
        spoke ||= pauses.speaking;
        this.#dock.silent = !spoke && this.#recorder.seconds > SILENT_SECONDS;
        // Who holds the button says when.
        if (over && !untilTap && this.state === 'listening') this.send();
      };
      const full = () => this.send().then(() => this.#dock.tell(say('trouble_full')));
      const gone = () => this.send().then(() => this.#dock.tell(say('trouble_gone')));
      const limitSeconds = this.#longest;
      const opened = await this.#recorder.open({ device, limitSeconds, heard, full, gone });
      if (opened) this.#show(this.#holds ? 'held' : 'listening');
    });
  }

  /** The button is held, or let go of while the browser asks. */
  hold(holds = true) {
    this.#holds = holds;
    if (holds && this.state === 'listening') this.#show('held');
  }

  /** Sends what was said until now. */
  async send() {
    this.#ear?.cut();
    if (!this.#recorder.records) return;
    const mine = this.#begun;
    const said = this.#recorder.finish();
    this.#show('hearing');
    const clip = await said;
    if (mine !== this.#begun) return;
    if (clip?.clip.size) this.#ask(clip);
    else this.#settle();
  }

  /** Is to listen by itself: now, or when what goes on has ended. */
  handsFree() {
    this.wake();
    if (['idle', 'blocked'].includes(this.state)) this.listenByItself();
    else this.#earWanted = this.state !== 'offline';
  }

  /** Listens by itself, until that is ended. */
  listenByItself() {
    this.#earWanted = false;
    return this.#prompted(async (mine) => {
      const microphone = await Microphone.open(settings().device);
      if (mine !== this.#begun) {
        microphone.close();
        return;
      }
      const how = { pauseMs: settings().pause * 1000, limitSeconds: this.#longest };
      const ear = new Ear(microphone, how, {
        began: () => {
          this.stop();
          this.#show('listening');
        },
        ended: async (clip, levels, seconds) => {
          const said = this.#begun;
          this.#show('hearing');
          const whole = await clip;
          if (said === this.#begun) this.#ask({ clip: whole, levels, seconds });
        },
      });
      this.#ear = ear;
      microphone.whenGone(() => {
        if (this.#ear !== ear) return;
        if (ear.speaking) ear.cut();
        this.endHandsFree();
        this.#dock.tell(say('trouble_gone'));
      });
      this.#tick(880);
      this.#settle();
      this.#screen.stayOn(true);
    });
  }

  /** The ear closes; what is sounding goes on. */
  endHandsFree() {
    this.#earWanted = false;
    if (this.state === 'asking') this.stop();
    if (!this.#ear) return;
    this.#ear.close();
    this.#ear = null;
    this.#screen.stayOn(false);
    this.#tick(440);
    if (['waiting', 'listening'].includes(this.state)) this.#settle();
    else this.#show(this.state);
  }

  /** A short tone: the ear has opened, or closed. @param {number} pitch */
  #tick(pitch) {
    const context = this.#player?.context;
    if (!context || context.state !== 'running') return;
    const tone = new OscillatorNode(context, { frequency: pitch });
    const soft = new GainNode(context, { gain: 0.05 });
    tone.connect(soft).connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.04);
  }

  /** Asks for a turn, as it is set just now. @param {Said} said */
  #ask(said) {
    const { voice, speed, spoken } = settings();
    const options = {
      voice,
      language: spoken,
      speed: speed === 1 ? undefined : speed,
      engines: this.standsIn ? /** @type {const} */ ('embedded') : undefined,
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const view = this.#stage.begin(said);
    this.#take({ key: newKey(), said, conversation: this.conversation, options, view });
  }

  /** Asks again. @param {Asking} asking */
  async #again(asking) {
    this.wake();
    this.stop();
    const { conversation } = asking;
    if (conversation && conversation !== this.conversation) {
      asking.view.remove();
      // What goes on its way already is not offered there once more.
      this.#unsent.going(asking);
      await this.hands.go(conversation);
      this.#take({ ...asking, view: this.#stage.begin(asking.said) });
    } else this.#take(asking);
  }

  /** Takes a turn. @param {Asking} asking */
  async #take(asking) {
    const player = this.wake();
    const mine = (this.#begun += 1);
    const place = this.#place;
    this.#recorder.discard();
    this.#ear?.rest();
    this.#dock.hush();
    this.#unsent.going(asking);
    this.#stage.begins();
    this.#show(asking.said.clip ? 'hearing' : 'thinking');
    // What was left has to be written down before it is gone on with.
    await Promise.race([this.#leaving, passed(LEAVING_MS)]);
    if (mine !== this.#begun) {
      if (place === this.#place) this.#unsent.done(asking.key);
      else this.#unsent.park(asking.key);
      asking.view.remove();
      return;
    }
    if (place === this.#place) asking.conversation ??= this.conversation;
    const here = () => place === this.#place;
    const taking = new Taking(asking, player, {
      heard: (conversation) => {
        if (here() && !this.conversation) {
          this.conversation = conversation;
          taking.begins = true;
        }
        if (this.#taking === taking && this.state === 'hearing') this.#show('thinking');
      },
      finished: (told) => {
        this.#unsent.done(asking.key);
        if (here()) this.hands.answered(told);
        else this.hands.elsewhere(told);
      },
      failed: (problem) => this.#failed(taking, problem, here()),
    });
    this.#taking = taking;
  }

  /** An answer sounds. */
  #sounds() {
    this.#ear?.listen({ overEcho: true });
    this.#show('speaking');
  }

  /** All of the answer has sounded. */
  #ended() {
    this.#taking?.asking.view.unmark();
    this.#taking = null;
    this.#settle();
  }

  /** Stops all that is going on: what sounds, what is asked, and what is being said. */
  stop() {
    this.#begun += 1;
    this.#recorder.discard();
    this.#replay.stop();
    hush();
    const taking = this.#taking;
    const sounding = this.#player?.playing ?? false;
    const played = this.#player?.stop() ?? 0;
    this.#taking = null;
    if (taking) this.#leaving = taking.leave(played, sounding);
    if (this.state !== 'blocked') this.#settle();
  }

  /** @param {Taking} taking @param {import('../repartee.js').Problem} problem @param {boolean} here */
  #failed(taking, problem, here) {
    const { asking, left } = taking;
    const noise = problem.code === 'no_speech' && this.#ear !== null;
    const mine = this.#taking === taking;
    if (mine) this.#taking = null;
    if (problem.code === 'idempotency_mismatch' && !left) {
      this.#unsent.done(asking.key);
      this.#take({ ...asking, key: newKey() });
      return;
    }
    if (left || noise || problem.code === 'cancelled') {
      this.#unsent.done(asking.key);
      if (!taking.answers) asking.view.remove();
      if (mine) this.#settle();
      return;
    }
    // A conversation that would have begun with it is not there.
    if (here && taking.begins) this.conversation = null;
    // What fails elsewhere stays in the outbox, and is shown where it belongs.
    if (here) this.#unsent.failed(asking, problem);
    else this.#unsent.park(asking.key);
    this.endHandsFree();
    if (problem.code === 'unreachable') this.#away();
    if (problem.code === 'broken_off') this.#lookAround();
  }

  /** Looks for the server now. */
  lookForServer() {
    this.#lookout.look();
  }

  /** The server is away: looks for it until it is back. */
  #away() {
    this.endHandsFree();
    this.#show('offline');
    this.#miss();
  }

  /** Nothing is claimed of a server that is not there, even while its answer still sounds. */
  #miss() {
    this.#lookout.begin();
    this.hands.away();
  }

  /** An answer broke off: that may be all, or the server is gone. */
  async #lookAround() {
    if (await isThere()) return;
    this.#miss();
    this.lost();
  }

  #back() {
    const shown = this.state === 'offline';
    if (shown) {
      this.#dock.show('idle');
      this.#settle();
    }
    this.hands.back(shown);
  }

  /** The browser says that there is no network, or that there is. @param {boolean} online */
  async network(online) {
    if (online) this.lookForServer();
    // A server on this computer needs none.
    else if (!(await isThere())) {
      // What is waited for will not come.
      if (['hearing', 'thinking'].includes(this.state)) {
        this.#taking?.breakOff();
        this.#away();
      } else this.lost();
    }
  }

  /** The server was not reached. */
  lost() {
    if (['idle', 'waiting'].includes(this.state)) this.#away();
  }
}

/** @param {number} ms */
function passed(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
