/**
 * What is going on, and what leads to what: idle, listening, hearing, thinking, speaking, and all
 * that may come between.
 */

import { byId, element } from '../common/dom.js';
import { LEVEL_EVERY_MS, Microphone, NoMicrophone } from '../common/microphone.js';
import { isThere } from '../common/server.js';
import { current as settings } from '../common/settings.js';
import { levelsOf } from '../common/trace.js';
import { say } from '../common/words.js';
import { Player, Problem } from '../repartee.js';
import { Ear } from './handsfree.js';
import * as outbox from './outbox.js';
import { Recorder } from './recorder.js';
import { Replay } from './replay.js';
import { Taking, newKey } from './taking.js';
import { inWords, waysOut, worthRetrying } from './troubles.js';

/** A prompt of the browser's is only spoken of when it is really there. */
const PROMPT_AFTER_MS = 250;
/** How often a server that is away is looked for. */
const LOOK_AGAIN_MS = 3000;
/** How long may be spoken where the server does not say. */
const LONGEST_SECONDS = 60;

/** @typedef {import('./taking.js').Said} Said */
/** @typedef {import('./turn-view.js').TurnView} TurnView */

export class Talk {
  #dock;
  #stage;
  #recorder = new Recorder();
  #replay = new Replay();
  /** @type {Player|null} */
  #player = null;
  /** @type {Ear|null} */
  #ear = null;
  /** Which ear is the latest: those that opened before it come to nothing. */
  #hearing = 0;
  /** @type {Taking|null} */
  #taking = null;
  /** What was not answered, and waits to be sent again.
   * @type {{said: Said, key: string, view: TurnView, conversation: string|null}|null} */
  #unsent = null;
  #looking = 0;
  /** @type {WakeLockSentinel|null} */
  #awake = null;
  #pressedIn = 'idle';
  #holding = false;
  /** The conversation that goes on; none yet. @type {string|null} */
  conversation = null;

  /**
   * @param {import('./dock.js').Dock} dock @param {import('./stage.js').Stage} stage
   * @param {{limits: () => {audio_seconds?: number}, rate: () => number|undefined,
   *   answered: (told: any) => void}} hands
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

  // What hands do.

  /** The button went down. */
  down() {
    this.#wake();
    this.#pressedIn = this.state;
    if (this.state === 'idle' && !settings().handsFree) this.#listen();
  }

  /** It came up again at once. */
  tap() {
    switch (this.#pressedIn) {
      case 'idle':
        if (settings().handsFree) this.#openEar();
        break;
      case 'asking':
        this.#discard();
        break;
      case 'listening':
        if (this.#ear) this.#ear.cut();
        else this.#send();
        break;
      case 'waiting':
        this.endHandsFree();
        break;
      case 'hearing':
      case 'thinking':
      case 'speaking':
        this.stop();
        break;
      case 'muted':
        this.#player?.unlock();
        break;
      case 'unsent':
        this.retry();
        break;
      case 'blocked':
        this.#listen();
        break;
      case 'offline':
        this.#look();
        break;
    }
  }

  /** It is being held. */
  held() {
    this.#holding = true;
    if (this.#pressedIn === 'speaking' && !this.#ear) this.#listen();
    else if (this.state === 'listening' && this.#pressedIn === 'idle') this.#show('held');
  }

  /** It was held, but too short to say anything. */
  short() {
    this.#holding = false;
    if (this.#pressedIn !== 'idle' || settings().handsFree) this.tap();
    // While the browser asks, nobody goes on holding: that was a tap.
    else if (this.#recorder.records) this.#discard(say('too_short'));
  }

  /** It was held and let go. */
  up() {
    this.#holding = false;
    if (this.state === 'held') this.#send();
    else if (this.#ear && this.state === 'listening') this.#ear.cut();
    else if (this.#pressedIn === 'idle' && settings().handsFree) this.tap();
  }

  /** The finger slid away, or came back. @param {boolean} away */
  slide(away) {
    if (this.state === 'held') this.#dock.reword(say(away ? 'discard' : 'held'));
  }

  /** It was let go somewhere else. */
  discard() {
    this.#holding = false;
    if (this.state === 'held') this.#discard();
  }

  /** Away with it, whatever it is. */
  escape() {
    if (['asking', 'listening', 'held'].includes(this.state) && !this.#ear) this.#discard();
    else if (this.#ear && ['waiting', 'listening'].includes(this.state)) this.endHandsFree();
    else this.stop();
  }

  /** A turn by hand. @param {string} words */
  type(words) {
    this.#wake();
    this.stop();
    this.#take({ words });
  }

  /** A turn by file. @param {File} file */
  async bring(file) {
    const { context } = this.#wake();
    this.stop();
    this.#take({ clip: file, ...(await lookAt(file, context)) });
  }

  /** Plays an answer again, or pauses it. @param {TurnView} view */
  async play(view) {
    const player = this.#wake();
    if (this.state === 'speaking' && !this.#replay.of(view)) this.stop();
    const sounds = await this.#replay.toggle(view, player, () => this.#rest());
    if (sounds) this.#show('speaking');
    else this.#rest();
  }

  /** Answers are played again faster, or as they were said. @param {number} rate */
  replayAt(rate) {
    this.#replay.at(rate);
  }

  // What leads to what.

  /** Sound needs a player, and a player has to be made in a press. */
  #wake() {
    if (!this.#player) {
      this.#player = new Player({ rate: this.hands.rate() });
      this.#player
        .on('sound', () => this.#sounds())
        .on('sentence', (speech) => this.#taking?.view.mark(speech))
        .on('blocked', () => this.#show('muted'))
        .on('end', () => this.#ended());
    }
    this.#player.unlock();
    return this.#player;
  }

  /** @param {import('./dock.js').State} state */
  #show(state) {
    const open = state === 'speaking' && this.#ear !== null;
    const aside = state === 'speaking' ? say(open ? 'speak_aside_open' : 'speak_aside') : '';
    const since = this.#recorder.began;
    this.#dock.show(state, { aside, microphone: open, limit: this.#longest, since });
  }

  /** Nothing is going on any more. */
  #rest() {
    if (this.#ear) {
      this.#ear.listen();
      if (!this.#ear.speaking) this.#show('waiting');
    } else this.#show(this.#unsent ? 'unsent' : 'idle');
  }

  /** Opens the microphone, and says so as soon as the browser asks whether it may. */
  async #prompted(/** @type {() => Promise<void>} */ opening) {
    this.stop();
    this.#dock.hush();
    const prompt = setTimeout(() => this.#show('asking'), PROMPT_AFTER_MS);
    try {
      await opening();
    } catch (error) {
      this.#refused(error);
    } finally {
      clearTimeout(prompt);
    }
  }

  /** Listens until the button is let go, or pressed again. */
  #listen() {
    return this.#prompted(async () => {
      const { device } = settings();
      const full = () => this.#send();
      const gone = () => {
        this.#send();
        this.#dock.tell(say('trouble_gone'));
      };
      const opened = await this.#recorder.open({ device, limitSeconds: this.#longest, full, gone });
      if (opened) this.#show(this.#holding ? 'held' : 'listening');
    });
  }

  async #send() {
    if (!this.#recorder.records) return;
    this.#show('hearing');
    const said = await this.#recorder.finish();
    if (said && this.state === 'hearing') this.#take(said);
  }

  /** Throws away what is being said. @param {string} [why] */
  #discard(why) {
    this.#hearing += 1;
    this.#recorder.discard();
    this.#rest();
    if (why) this.#dock.show('idle', { aside: why });
  }

  /** Listens by itself, until that is ended. */
  #openEar() {
    return this.#prompted(async () => {
      const mine = (this.#hearing += 1);
      const microphone = await Microphone.open(settings().device);
      if (mine !== this.#hearing) {
        microphone.close();
        return;
      }
      this.#ear = new Ear(microphone, {
        pauseMs: settings().pause * 1000,
        limitSeconds: this.#longest,
        began: () => {
          this.stop();
          this.#show('listening');
        },
        ended: async (recording, levels) => {
          this.#ear?.rest();
          this.#show('hearing');
          const clip = await recording.stop();
          if (this.state !== 'hearing') return;
          this.#take({ clip, levels, seconds: (levels.length * LEVEL_EVERY_MS) / 1000 });
        },
      });
      microphone.whenGone(() => this.endHandsFree());
      this.#tick(880);
      this.#rest();
      this.#awake = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    });
  }

  /** The ear closes; what is sounding goes on. */
  endHandsFree() {
    this.#hearing += 1;
    if (!this.#ear) return;
    this.#ear.close();
    this.#ear = null;
    this.#awake?.release();
    this.#awake = null;
    this.#tick(440);
    if (['waiting', 'listening'].includes(this.state)) this.#rest();
    else if (this.state === 'speaking') this.#show('speaking');
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

  /** There is no microphone. @param {any} error */
  #refused(error) {
    const why = error instanceof NoMicrophone ? error.why : 'unable';
    const how = why === 'insecure' && element('p', { className: 'note' }, say('trouble_insecure_how'));
    this.#show('blocked');
    this.#dock.tell(say(`trouble_${why}`, { address: location.origin }), ...(how ? [how] : []));
    document.body.classList.add('typing');
    byId('text').focus();
    navigator.permissions?.query({ name: /** @type {any} */ ('microphone') }).then(
      (permission) =>
        (permission.onchange = () => {
          if (this.state !== 'blocked' || permission.state === 'denied') return;
          this.#dock.hush();
          this.#rest();
        }),
      () => {},
    );
  }

  /**
   * Takes a turn.
   * @param {Said} said
   * @param {{key?: string, view?: TurnView, conversation?: string|null}} [again]
   */
  #take(said, { key = newKey(), view = this.#stage.begin(said), conversation = this.conversation } = {}) {
    const player = this.#wake();
    this.#dock.hush();
    this.#unsent = null;
    this.#ear?.rest();
    if (said.clip) {
      const { clip, levels = [], seconds = 0 } = said;
      outbox.keep({ key, clip, levels, seconds, conversation });
    }
    const taking = new Taking(said, key, conversation, view, player, {
      heard: () => !taking.left && this.state === 'hearing' && this.#show('thinking'),
      finished: (told) => this.#finished(taking, told),
      failed: (problem) => this.#failed(taking, problem),
    });
    this.#taking = taking;
    this.#show(said.clip ? 'hearing' : 'thinking');
  }

  /** The answer sounds. */
  #sounds() {
    this.#show('speaking');
    this.#ear?.listen({ overEcho: true });
  }

  /** @param {Taking} taking @param {any} told */
  #finished(taking, told) {
    outbox.drop(taking.key);
    this.conversation ??= told.conversation_id;
    if (this.conversation === told.conversation_id) this.hands.answered(told);
  }

  /** All of the answer has sounded. */
  #ended() {
    this.#taking?.view.unmark();
    if (['speaking', 'muted', 'thinking', 'hearing'].includes(this.state)) this.#rest();
  }

  /** Stops what is sounding, and ends the turn that is being taken. */
  stop() {
    this.#replay.stop();
    const taking = this.#taking;
    const sounding = this.#player?.playing ?? false;
    const played = this.#player?.stop() ?? 0;
    this.#taking = null;
    if (['hearing', 'thinking', 'speaking', 'muted'].includes(this.state)) this.#rest();
    taking?.leave(played, sounding);
  }

  /** @param {Taking} taking @param {Problem} problem */
  #failed(taking, problem) {
    const { view, said, key, left } = taking;
    const noise = problem.code === 'no_speech' && this.#ear !== null;
    if (left || noise || problem.code === 'cancelled') {
      outbox.drop(key);
      if (!taking.answers) view.remove();
      if (!left) this.#rest();
      return;
    }
    if (worthRetrying(problem)) this.#unsent = { said, key, view, conversation: this.conversation };
    else outbox.drop(key);
    this.#tellWaysOut(view, inWords(problem, { spoken: said.clip !== undefined }), problem, said);
    this.endHandsFree();
    if (problem.code === 'unreachable') this.#away();
    else this.#rest();
  }

  /** @param {TurnView} view @param {string} words @param {Problem} problem @param {Said} said */
  #tellWaysOut(view, words, problem, { clip }) {
    const ways = waysOut(problem, clip, {
      speakAgain: () => {
        this.down();
        this.tap();
      },
      sendAgain: () => this.retry(),
      throwAway: () => this.throwAway(),
    });
    view.fail(words, ...ways);
  }

  /** Sends again what was not answered: the same turn, by the same key. */
  retry() {
    if (!this.#unsent) return;
    const { said, key, view, conversation } = this.#unsent;
    view.retry();
    this.#take(said, { key, view, conversation });
  }

  /** Forgets what was not answered. */
  throwAway() {
    if (!this.#unsent) return;
    outbox.drop(this.#unsent.key);
    this.#unsent.view.remove();
    this.#unsent = null;
    this.#rest();
  }

  /** What is left from before this page was opened. */
  async recallUnsent() {
    const unsent = (await outbox.left()).at(-1);
    if (!unsent || this.state !== 'idle') return;
    const { key, clip, levels, seconds, conversation } = unsent;
    const said = { clip, levels, seconds };
    const view = this.#stage.begin(said);
    this.#unsent = { said, key, view, conversation };
    this.#tellWaysOut(view, say('kept_from_before'), new Problem({ code: 'unreachable' }), said);
    this.#show('unsent');
  }

  /** The server is away: looks for it until it is back. */
  #away() {
    this.endHandsFree();
    this.#show('offline');
    clearInterval(this.#looking);
    this.#looking = window.setInterval(() => this.#look(), LOOK_AGAIN_MS);
  }

  async #look() {
    if (!(await isThere())) return;
    clearInterval(this.#looking);
    if (this.state === 'offline') this.#rest();
  }

  /** The browser says that there is no network, or that there is. @param {boolean} online */
  network(online) {
    if (online) this.#look();
    else if (['idle', 'waiting', 'unsent'].includes(this.state)) this.#away();
  }
}

/** A sound file's looks. @param {File} file @param {AudioContext} context */
async function lookAt(file, context) {
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    return { levels: levelsOf(sound.getChannelData(0), sound.sampleRate), seconds: sound.duration };
  } catch {
    // The server may know what the browser does not.
    return { levels: [], seconds: 0 };
  }
}
