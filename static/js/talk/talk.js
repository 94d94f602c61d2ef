/**
 * What is going on, and what leads to what: idle, listening, hearing, thinking, speaking, and all
 * that may come between.
 */

import { Player, Problem, turn } from '../repartee.js';
import { byId, element } from './dom.js';
import { Ear } from './handsfree.js';
import { levelsOf } from './line.js';
import { Microphone, NoMicrophone } from './microphone.js';
import * as outbox from './outbox.js';
import { Replay } from './replay.js';
import { isThere } from './server.js';
import { current as settings } from './settings.js';
import { inWords, worthRetrying } from './troubles.js';
import { wav } from './wav.js';
import { say } from './words.js';

/** A prompt of the browser's is only spoken of when it is really there. */
const PROMPT_AFTER_MS = 250;
/** How often a server that is away is looked for. */
const LOOK_AGAIN_MS = 3000;

/**
 * @typedef {object} Said What is said, by voice or by hand.
 * @property {string} [words]
 * @property {Blob} [clip]
 * @property {number[]} [levels]
 * @property {number} [seconds]
 */

/**
 * @typedef {object} Taking A turn that is being taken, or was.
 * @property {import('../repartee.js').Turn} asked
 * @property {import('./stage.js').TurnView} view
 * @property {Said} said
 * @property {string} key
 * @property {import('../repartee.js').Speech[]} pieces
 * @property {boolean} left Whether it was interrupted or cancelled from here.
 */

export class Talk {
  #dock;
  #stage;
  /** @type {Player|null} */
  #player = null;
  #replay = new Replay();
  /** @type {Microphone|null} */
  #microphone = null;
  /** @type {import('./microphone.js').Recording|null} */
  #recording = null;
  /** @type {Ear|null} */
  #ear = null;
  /** @type {Taking|null} */
  #taking = null;
  /** What was not answered, and waits to be sent again. @type {{said: Said, key: string, view: import('./stage.js').TurnView, conversation: string|null}|null} */
  #unsent = null;
  #opening = 0;
  #limit = 0;
  #looking = 0;
  /** @type {WakeLockSentinel|null} */
  #awake = null;
  #pressedIn = 'idle';
  #latched = true;
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
    dock.line.sources.left = () => this.#microphone?.level ?? this.#ear?.microphone.level ?? 0;
    dock.line.sources.right = () => this.#player?.level ?? 0;
  }

  get state() {
    return this.#dock.state;
  }

  // What hands do.

  /** The button went down. */
  down() {
    this.#wake();
    this.#pressedIn = this.state;
    this.#latched = false;
    if (this.state === 'idle' && !settings().handsFree) this.#open();
  }

  /** It came up again at once. */
  tap() {
    this.#latched = true;
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
        this.#open();
        break;
      case 'offline':
        this.#look();
        break;
    }
  }

  /** It is being held. */
  held() {
    if (this.#pressedIn === 'speaking' && !this.#ear) {
      this.stop();
      this.#open();
    } else if (this.state === 'listening' && this.#pressedIn === 'idle') this.#listening('held');
  }

  /** It was held, but too short to say anything. */
  short() {
    if (this.#pressedIn !== 'idle' || settings().handsFree) {
      this.tap();
      return;
    }
    if (!this.#recording) {
      // The browser is asking: whoever answers it cannot go on holding.
      this.#latched = true;
      return;
    }
    this.#discard(say('too_short'));
  }

  /** It was held and let go. */
  up() {
    if (this.state === 'held') this.#send();
    else if (this.#ear && this.state === 'listening') this.#ear.cut();
    else if (this.#pressedIn === 'idle' && settings().handsFree) this.tap();
    else this.#latched = true;
  }

  /** The finger slid away, or came back. @param {boolean} away */
  slide(away) {
    if (this.state === 'held') this.#dock.reword(say(away ? 'discard' : 'held'));
  }

  /** It was let go somewhere else. */
  discard() {
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
    this.#wake();
    this.stop();
    const { levels, seconds } = await this.#lookAt(file);
    this.#take({ clip: file, levels, seconds });
  }

  /** Plays an answer again, or pauses it. @param {import('./stage.js').TurnView} view */
  async play(view) {
    const player = this.#wake();
    if (this.state === 'speaking' && !this.#replay.of(view)) this.stop();
    const began = await this.#replay.toggle(view, player, () => this.#rest());
    if (began) this.#show('speaking');
    else if (this.#replay.of(view)) this.#dock.show('idle');
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

  /** @param {import('./dock.js').State} state @param {Parameters<import('./dock.js').Dock['show']>[1]} [more] */
  #show(state, more = {}) {
    const open = state === 'speaking' && this.#ear !== null;
    const aside = state === 'speaking' ? say(open ? 'speak_aside_open' : 'speak_aside') : '';
    this.#dock.show(state, { aside, microphone: open, ...more });
  }

  /** Nothing is going on any more. */
  #rest() {
    if (this.#ear) {
      this.#ear.listen();
      if (!this.#ear.speaking) this.#show('waiting');
    } else if (this.#unsent) this.#show('unsent');
    else this.#show('idle');
  }

  async #open() {
    this.stop();
    this.#dock.hush();
    const mine = (this.#opening += 1);
    const prompt = setTimeout(() => mine === this.#opening && this.#show('asking'), PROMPT_AFTER_MS);
    try {
      const microphone = await Microphone.open(settings().device);
      if (mine !== this.#opening) {
        microphone.close();
        return;
      }
      this.#microphone = microphone;
      this.#recording = microphone.record();
      microphone.whenGone(() => {
        if (this.#microphone !== microphone) return;
        this.#send();
        this.#dock.tell(say('trouble_gone'));
      });
      this.#listening('listening');
    } catch (error) {
      if (mine === this.#opening) this.#refused(error);
    } finally {
      clearTimeout(prompt);
    }
  }

  /** @param {'listening'|'held'} state */
  #listening(state) {
    const most = this.hands.limits().audio_seconds ?? 60;
    this.#show(state, { limit: most, since: this.#recording?.began });
    clearTimeout(this.#limit);
    const left = most - (this.#recording?.seconds ?? 0) - 0.3;
    this.#limit = window.setTimeout(() => this.#send(), 1000 * left);
  }

  /** Closes the microphone; the clip, if there is one, is what it has heard. */
  #close() {
    this.#opening += 1;
    clearTimeout(this.#limit);
    const [recording, microphone] = [this.#recording, this.#microphone];
    this.#recording = null;
    this.#microphone = null;
    return { recording, microphone };
  }

  async #send() {
    const { recording, microphone } = this.#close();
    if (!recording) return;
    const { seconds, levels } = recording;
    this.#show('hearing');
    const clip = await recording.stop();
    microphone?.close();
    this.#take({ clip, levels, seconds });
  }

  /** Throws away what is being said. @param {string} [why] */
  #discard(why) {
    const { recording, microphone } = this.#close();
    recording?.discard();
    microphone?.close();
    this.#rest();
    if (why) this.#dock.show('idle', { aside: why });
  }

  async #openEar() {
    this.#dock.hush();
    const mine = (this.#opening += 1);
    const prompt = setTimeout(() => mine === this.#opening && this.#show('asking'), PROMPT_AFTER_MS);
    try {
      const microphone = await Microphone.open(settings().device);
      if (mine !== this.#opening) {
        microphone.close();
        return;
      }
      const limitSeconds = this.hands.limits().audio_seconds ?? 60;
      this.#ear = new Ear(microphone, {
        pauseMs: settings().pause * 1000,
        limitSeconds,
        began: () => {
          this.stop();
          this.#dock.show('listening', { limit: limitSeconds });
        },
        ended: async (recording, levels) => {
          this.#ear?.rest();
          this.#show('hearing');
          this.#take({ clip: await recording.stop(), levels, seconds: levels.length / 20 });
        },
      });
      microphone.whenGone(() => this.endHandsFree());
      this.#tick(880);
      this.#rest();
      this.#awake = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
    } catch (error) {
      if (mine === this.#opening) this.#refused(error);
    } finally {
      clearTimeout(prompt);
    }
  }

  /** The ear closes; what is sounding goes on. */
  endHandsFree() {
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
    this.#show('blocked');
    const ways = [];
    if (why === 'insecure') ways.push(element('p', { className: 'note' }, say('trouble_insecure_how')));
    this.#dock.tell(say(`trouble_${why}`, { address: location.origin }), ...ways);
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
   * @param {{key?: string, view?: import('./stage.js').TurnView, conversation?: string|null}} [again]
   */
  #take(said, { key = newKey(), view = this.#stage.begin(said), conversation = this.conversation } = {}) {
    const player = this.#wake();
    this.#dock.hush();
    this.#unsent = null;
    const spoken = said.clip !== undefined;
    if (said.clip) {
      const { clip, levels = [], seconds = 0 } = said;
      outbox.keep({ key, clip, levels, seconds, conversation });
    }
    const began = performance.now();
    const { voice, speed, spoken: language } = settings();
    const asked = turn(said.clip ?? said.words ?? '', {
      conversation: conversation ?? 'new',
      voice,
      language,
      speed: speed === 1 ? undefined : speed,
      idempotencyKey: key,
    });
    /** @type {Taking} */
    const taking = { asked, view, said, key, pieces: [], left: false };
    this.#taking = taking;
    this.#ear?.rest();
    this.#show(spoken ? 'hearing' : 'thinking');
    const still = () => this.#taking === taking && !taking.left;
    player.play(asked);
    player.on('sound', function first() {
      player.off('sound', first);
      view.firstSoundMs ??= performance.now() - began;
    });
    asked
      .on('heard', ({ transcript, language: heard }) => {
        view.heard(transcript, heard);
        if (still() && this.state === 'hearing') this.#show('thinking');
      })
      .on('reply', ({ delta }) => {
        view.write(delta);
        this.#announce(asked.reply, false);
      })
      .on('speech', (piece) => taking.pieces.push(piece))
      .on('finished', (told) => this.#finished(taking, told))
      .on('failed', (problem) => this.#failed(taking, problem));
  }

  /** The first sound of the answer is there, or sound goes on. */
  #sounds() {
    this.#show('speaking');
    this.#ear?.listen({ overEcho: true });
  }

  /** @param {Taking} taking @param {any} told */
  #finished(taking, told) {
    outbox.drop(taking.key);
    this.#announce(told.reply ?? '', true);
    const rate = taking.pieces[0]?.rate;
    const sound = joined(taking.pieces);
    taking.view.finish(told, {
      levels: rate ? levelsOf(sound, rate) : undefined,
      sound: rate ? wav(sound, rate) : null,
    });
    taking.pieces = [];
    if (taking.left) taking.view.cut(told);
    if (this.conversation === null || this.conversation === told.conversation_id) {
      this.conversation = told.conversation_id;
    }
    this.hands.answered(told);
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
    const busy = ['hearing', 'thinking', 'speaking', 'muted'].includes(this.state);
    if (busy) this.#rest();
    if (!taking) return;
    taking.view.unmark();
    if (!sounding && taking.view.told) return;
    taking.left = true;
    if (!taking.asked.id || (!sounding && !taking.asked.reply)) {
      taking.asked.cancel();
      return;
    }
    taking.asked.interrupt(played).then(
      (told) => taking.view.cut(told),
      () => taking.asked.cancel(),
    );
  }

  /** @param {Taking} taking @param {Problem} problem */
  #failed(taking, problem) {
    const { view, said, key } = taking;
    if (taking.left || problem.code === 'cancelled') {
      outbox.drop(key);
      if (view.told === null && !taking.asked.reply) view.remove();
      return;
    }
    const keeps = worthRetrying(problem);
    if (keeps) this.#unsent = { said, key, view, conversation: this.conversation };
    else outbox.drop(key);
    view.fail(inWords(problem, { spoken: said.clip !== undefined }), ...this.#ways(problem, said));
    if (problem.code === 'unreachable') this.#away();
    else if (problem.code === 'no_speech' && this.#ear) this.#rest();
    else {
      if (this.#ear) this.endHandsFree();
      this.#rest();
    }
  }

  /** The ways out. @param {Problem} problem @param {Said} said */
  #ways(problem, said) {
    const way = (/** @type {string} */ name, /** @type {() => void} */ onclick, strong = false) =>
      element('button', { className: strong ? 'button strong' : 'button', type: 'button', onclick }, say(name));
    const link = (/** @type {string} */ name, /** @type {string} */ href) =>
      element('a', { className: 'button', href }, say(name));
    if (problem.code === 'unauthenticated') return [link('log_in', '/login')];
    if (problem.code === 'unknown_conversation') return [link('begin_new', '/')];
    if (problem.code === 'no_speech' || problem.code === 'audio_too_short') {
      return [
        way('try_again', () => this.#pressed(), true),
        way('check_microphone', () => byId('open-settings').click()),
      ];
    }
    if (!worthRetrying(problem)) return [];
    const { clip } = said;
    return [
      way('try_again', () => this.retry(), true),
      ...(clip ? [way('listen', () => new Audio(URL.createObjectURL(clip)).play())] : []),
      way('throw_away', () => this.throwAway()),
    ];
  }

  #pressed() {
    this.down();
    this.tap();
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
    view.fail(say('kept_from_before'), ...this.#ways(new Problem({ code: 'unreachable' }), said));
    this.#show('unsent');
  }

  /** The server is away: looks for it until it is back. */
  #away() {
    if (this.#ear) this.endHandsFree();
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

  /** Tells those who do not see the page what is written, a sentence at a time. */
  #announced = 0;
  #announce(/** @type {string} */ reply, /** @type {boolean} */ whole) {
    if (reply.length < this.#announced) this.#announced = 0;
    const rest = reply.slice(this.#announced);
    const end = whole ? rest.length : lastEnd(rest);
    if (end === 0) return;
    this.#announced = whole ? 0 : this.#announced + end;
    if (!settings().announce) return;
    const announcer = byId('announcer');
    announcer.append(element('p', {}, rest.slice(0, end)));
    while (announcer.childElementCount > 6) announcer.firstElementChild?.remove();
  }

  /** A sound file's looks. @param {File} file */
  async #lookAt(file) {
    try {
      const sound = await this.#wake().context.decodeAudioData(await file.arrayBuffer());
      return { levels: levelsOf(sound.getChannelData(0), sound.sampleRate), seconds: sound.duration };
    } catch {
      // The server may know what the browser does not.
      return { levels: [], seconds: 0 };
    }
  }
}

/** Where the last whole sentence ends; 0 if there is none. @param {string} text */
function lastEnd(text) {
  const ends = [...text.matchAll(/[.!?…।؟。]+["'”’)\]]*\s/g)];
  const last = ends.at(-1);
  return last ? last.index + last[0].length : 0;
}

/** @param {import('../repartee.js').Speech[]} pieces */
function joined(pieces) {
  const all = new Float32Array(pieces.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of pieces) {
    all.set(samples, at);
    at += samples.length;
  }
  return all;
}

/** Names a turn before the server does; pages without https have no `randomUUID`. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
