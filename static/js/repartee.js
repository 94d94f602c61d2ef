/**
 * Talks to a Repartee server from a browser: one voice turn at a time, told while it happens.
 *
 *     import { Player, turn } from 'https://your.server/static/js/repartee.js';
 *
 *     let player;
 *     button.onclick = () => {
 *       player ??= new Player();               // inside a click, so that it may sound
 *       const asked = turn('What time is it?') // or a Blob from MediaRecorder
 *         .on('heard', ({ transcript }) => console.log('you', transcript))
 *         .on('reply', ({ delta }) => console.log('it', delta));
 *       player.play(asked);
 *     };
 *
 * It needs nothing but a browser: fetch with streams, and Web Audio for the sound.
 *
 * @module repartee
 */

/**
 * @typedef {object} TurnOptions
 * @property {string} [server] Where the server is; where this file came from, if left out.
 * @property {string} [key] An API key.
 * @property {string} [conversation] The id of the conversation to go on with, or `new`.
 * @property {string} [voice] Who speaks, by a name from `/api/v1/capabilities`.
 * @property {string} [language] What is spoken, as `en` or `hi-IN`; found out, if left out.
 * @property {string} [timezone] Where the speaker is; the browser's, if left out.
 * @property {number} [speed] How fast the answer is spoken, from 0.5 to 2.
 * @property {string} [instructions] How this conversation should go.
 * @property {'embedded'} [engines] Has the engines in the server answer, whatever is set there.
 * @property {boolean} [memory] `false`: neither reads nor leaves anything.
 * @property {string} [idempotencyKey] The same key twice is the same turn, paid for once.
 */

/**
 * @typedef {object} Speech A piece of the answer's sound.
 * @property {number} sentence Which sentence it belongs to, from 0.
 * @property {string} text The sentence, as it is spoken.
 * @property {number} text_from Where the sentence begins in the reply.
 * @property {number} text_to Where it ends.
 * @property {number} start_ms When the piece begins.
 * @property {number} duration_ms How long it lasts.
 * @property {Float32Array<ArrayBuffer>} samples The sound, one channel.
 * @property {number} rate Samples a second.
 */

/**
 * @typedef {object} TurnTold The turn as the server tells it: see `/docs#turn`.
 * @property {string} turn_id
 * @property {string} conversation_id
 * @property {'in_progress'|'finished'|'interrupted'|'failed'} status
 * @property {string|null} transcript
 * @property {string|null} reply
 * @property {string|null} spoken
 * @property {Record<string, number|null>} timings_ms
 * @property {Record<string, string|null>} engines
 * @property {number|null} cost_usd
 */

/** What went wrong: the server's own account of it, or why the server gave none. */
export class Problem extends Error {
  /** @param {Record<string, any>} told */
  constructor(told) {
    super(told.detail || told.title || told.code);
    this.name = 'Problem';
    /** What kind it is, as in `/docs#errors`; or `unreachable`, `broken_off`, `cancelled`. */
    this.code = told.code;
    this.status = told.status ?? 0;
    this.title = told.title ?? '';
    this.detail = told.detail ?? '';
    this.stage = told.stage ?? null;
    this.retryable = told.retryable ?? false;
    this.retryAfterSeconds = told.retry_after_seconds ?? null;
    this.requestId = told.request_id ?? null;
    this.told = told;
  }

  /** The problem in an answer that is not a success. @param {Response} response */
  static async in(response) {
    const told = await response.json().catch(() => null);
    // Whoever stands in front of a server that is away says so in words of their own.
    if (!told && [502, 503, 504].includes(response.status)) {
      return Problem.of(new Error(`the server answered ${response.status}`));
    }
    const fallback = { code: 'internal', title: `The server answered ${response.status}` };
    // Below `/v1` problems are told as OpenAI tells them.
    const { message } = told?.error ?? {};
    return new Problem({
      ...fallback,
      ...(message ? { ...told.error, detail: message } : told),
      status: response.status,
      request_id: response.headers.get('X-Request-Id'),
    });
  }

  /** The problem behind an error. @param {any} error */
  static of(error) {
    if (error instanceof Problem) return error;
    if (error?.name === 'AbortError') {
      return new Problem({ code: 'cancelled', title: 'The turn was cancelled' });
    }
    return new Problem({
      code: 'unreachable',
      title: 'The server was not reached',
      detail: String(error?.message ?? error),
      retryable: true,
    });
  }
}

/** Listeners by the name of what they listen for. */
class Told {
  /** @type {Map<string, Set<Function>>} */
  #listeners = new Map();

  /**
   * Calls the listener whenever this happens.
   * @param {string} name @param {(told: any) => void} listener @returns {this}
   */
  on(name, listener) {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener));
    return this;
  }

  /** No longer calls it. @param {string} name @param {Function} listener @returns {this} */
  off(name, listener) {
    this.#listeners.get(name)?.delete(listener);
    return this;
  }

  /** @protected @param {string} name @param {any} [told] */
  tell(name, told) {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        listener(told);
      } catch (error) {
        // A fault of the listener's, and no problem of the turn's.
        reportError(error);
      }
    }
  }
}

/**
 * Takes a voice turn: speech, or words, in; a spoken answer out.
 * @param {Blob|string} input A recording of any kind that browsers make, or what is said.
 * @param {TurnOptions} [options]
 * @returns {Turn}
 */
export function turn(input, options = {}) {
  return new Turn(input, options);
}

/**
 * A turn while it is taken. Tells `started`, `heard`, `reply`, `speech` (a {@link Speech}),
 * `finished` (a {@link TurnTold}) or `failed` (a {@link Problem}), and `event` of each of them as
 * it came.
 */
export class Turn extends Told {
  #abort = new AbortController();
  #options;

  /** @param {Blob|string} input @param {TurnOptions} options */
  constructor(input, options) {
    super();
    this.#options = options;
    /** Its id, once it has started. @type {string|null} */
    this.id = null;
    /** Its conversation's id, once it has started. @type {string|null} */
    this.conversation = null;
    /** What has been written of the reply. */
    this.reply = '';
    /** The turn as the server tells it in the end; a {@link Problem} if there is none.
     * @type {Promise<TurnTold>} */
    this.finished = this.#take(input);
    this.finished.catch(() => {});
  }

  /**
   * Ends it: the server stops as well, and remembers what it had spoken.
   * @param {Problem} [why] What is told of it, if it is not simply `cancelled`.
   */
  cancel(why) {
    this.#abort.abort(why);
  }

  /**
   * Ends it, and cuts what is remembered to what was heard of it. Works after its end as well.
   * @param {number} playedMs @returns {Promise<TurnTold>}
   */
  async interrupt(playedMs) {
    if (!this.id) {
      this.cancel();
      return this.finished;
    }
    const answer = await ask(`/api/v1/turns/${this.id}/interrupt`, this.#options, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ played_ms: Math.max(0, Math.round(playedMs)) }),
      keepalive: true,
    });
    return answer.json();
  }

  /** @param {Blob|string} input */
  async #take(input) {
    // Whoever asked for the turn listens before anything is told.
    await Promise.resolve();
    /** @type {TurnTold|null} */
    let finished = null;
    try {
      const answer = await ask('/voice-chat?format=events', this.#options, {
        method: 'POST',
        headers: headers(this.#options),
        body: form(input, this.#options),
        signal: this.#abort.signal,
      });
      const silent = () => this.cancel(brokenOff());
      for await (const [name, told] of events(answer, silent)) {
        this.tell('event', { name, ...told });
        if (name === 'failed') throw new Problem(told.problem);
        if (name === 'finished') finished = told;
        this.#note(name, told);
      }
      if (finished) return finished;
      throw brokenOff();
    } catch (error) {
      if (finished) return finished;
      const begun = this.id !== null && Problem.of(error).code === 'unreachable';
      const problem = begun
        ? new Problem({ ...Problem.of(error).told, code: 'broken_off' })
        : Problem.of(error);
      this.tell('failed', problem);
      throw problem;
    }
  }

  /** @param {string} name @param {any} told */
  #note(name, told) {
    if (name === 'started') {
      this.id = told.turn_id;
      this.conversation = told.conversation_id;
    }
    if (name === 'reply') this.reply += told.delta;
    this.tell(name, name === 'speech' ? speech(told) : told);
  }
}

/** @param {TurnOptions} options @returns {Record<string, string>} */
function headers(options) {
  return options.idempotencyKey ? { 'Idempotency-Key': options.idempotencyKey } : {};
}

/** @param {Blob|string} input @param {TurnOptions} options */
function form(input, options) {
  const form = new FormData();
  const fields = {
    conversation_id: options.conversation,
    voice: options.voice,
    language: options.language,
    timezone: options.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    speed: options.speed,
    instructions: options.instructions,
    memory: options.memory === false ? 'off' : undefined,
    engines: options.engines,
    audio_format: 'pcm',
  };
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null && value !== '') form.set(name, String(value));
  }
  if (typeof input === 'string') form.set('text', input);
  else form.set('audio', input, fileName(input));
  return form;
}

/** What a recording is called when it is sent. @param {Blob|File} clip */
export function fileName(clip) {
  if ('name' in clip && clip.name) return clip.name;
  const kind = clip.type.split(';')[0].split('/')[1] ?? 'webm';
  /** @type {Record<string, string>} */
  const endings = { mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav', 'x-m4a': 'm4a' };
  return `recording.${endings[kind] ?? kind}`;
}

/**
 * How a clip is heard, without an answer: the object of `POST /test-transcript`.
 * @param {Blob} clip
 * @param {{server?: string, key?: string, expected?: string, language?: string, sound?: boolean,
 *   signal?: AbortSignal}} [options] `sound`: with what was heard, as `heard.base64`.
 * @returns {Promise<Record<string, any>>}
 */
export async function hear(clip, options = {}) {
  const form = new FormData();
  form.set('audio', clip, fileName(clip));
  if (options.expected) form.set('expected', options.expected);
  if (options.language) form.set('language', options.language);
  if (options.sound) form.set('include', 'audio');
  const { signal } = options;
  const answer = await ask('/test-transcript', options, { method: 'POST', body: form, signal });
  return answer.json();
}

/**
 * Asks the server; a refusal is a {@link Problem}.
 * @param {string} path @param {{server?: string, key?: string}} options @param {RequestInit} init
 */
export async function ask(path, options, init = {}) {
  const server = options.server ?? new URL('/', import.meta.url).href;
  const headers = new Headers(init.headers);
  if (options.key) headers.set('Authorization', `Bearer ${options.key}`);
  const answer = await fetch(new URL(path, server), { ...init, headers }).catch((error) => {
    throw Problem.of(error);
  });
  if (!answer.ok) throw await Problem.in(answer);
  return answer;
}

function brokenOff() {
  return new Problem({
    code: 'broken_off',
    title: 'The connection broke before the answer was whole',
    retryable: true,
  });
}

/** A server that works says something at least every 15 seconds. */
const SILENT_MS = 40_000;

/**
 * The events in an answer, as they come.
 * @param {Response} answer @param {() => void} silent Called if nothing comes for too long.
 * @returns {AsyncGenerator<[string, any]>}
 */
async function* events(answer, silent) {
  if (!answer.body) return;
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let waiting = 0;
  try {
    for (;;) {
      waiting = window.setTimeout(silent, SILENT_MS);
      const { done, value } = await reader.read();
      clearTimeout(waiting);
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = /^event: (.*)\ndata: (.*)$/m.exec(block);
        if (event) yield [event[1], JSON.parse(event[2])];
      }
    }
  } finally {
    clearTimeout(waiting);
    reader.cancel().catch(() => {});
  }
}

/** @param {any} told @returns {Speech} */
function speech({ data, mime, ...told }) {
  const bytes = Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0));
  const view = new DataView(bytes.buffer);
  const samples = new Float32Array(bytes.length >> 1);
  for (let at = 0; at < samples.length; at += 1) {
    samples[at] = view.getInt16(2 * at, true) / 32768;
  }
  return { ...told, samples, rate: Number(/rate=(\d+)/.exec(mime)?.[1] ?? 24000) };
}

/** How far ahead of now the first piece is put, in seconds. */
const LEAD = 0.01;

/**
 * Plays a turn's sound while it comes, piece after piece without a gap.
 *
 * Tells `sound` (the first piece is audible), `sentence` (a {@link Speech} whose sentence begins),
 * `blocked` (the browser wants a tap first: call {@link Player#unlock} in it) and `end`.
 */
export class Player extends Told {
  /** @type {{from: number, until: number, piece: Speech, source: AudioBufferSourceNode}[]} */
  #pieces = [];
  #whole = false;
  #sounding = false;
  /** @type {Speech|null} */
  #sentence = null;
  #clock = 0;

  /** @param {{context?: AudioContext, rate?: number}} [options] */
  constructor({ context, rate } = {}) {
    super();
    this.context = context ?? new AudioContext(rate ? { sampleRate: rate } : {});
    this.meter = this.context.createAnalyser();
    this.meter.fftSize = 512;
    this.meter.connect(this.context.destination);
    this.unlock();
  }

  /** Lets it sound; call it in a click, a tap or a key press. */
  async unlock() {
    if (this.context.state !== 'running') await this.context.resume().catch(() => {});
  }

  /** Whether the browser keeps it from sounding. */
  get blocked() {
    return this.context.state !== 'running';
  }

  /** Whether there is sound, now or to come. */
  get playing() {
    return this.#clock !== 0;
  }

  /** How much of the answer has been heard, in milliseconds. */
  get playedMs() {
    const now = this.context.currentTime;
    const heard = this.#pieces.map(({ from, until }) => Math.min(until, now) - Math.min(from, now));
    return 1000 * heard.reduce((all, one) => all + one, 0);
  }

  /** How loud it is just now, from 0 to 1. */
  get level() {
    const samples = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(samples);
    return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
  }

  /** Plays this turn; what was playing ends. @param {Turn} turn */
  play(turn) {
    this.stop();
    const mine = this.#pieces;
    const still = () => this.#pieces === mine;
    turn.on('speech', (piece) => still() && this.add(piece));
    turn.on('finished', () => still() && this.done());
    // What never sounded does not end either.
    turn.on('failed', () => still() && mine.length && this.done());
  }

  /** One more piece. @param {Speech} piece */
  add(piece) {
    const { context } = this;
    const buffer = context.createBuffer(1, Math.max(1, piece.samples.length), piece.rate);
    buffer.copyToChannel(piece.samples, 0);
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.meter);
    const before = this.#pieces.at(-1)?.until ?? 0;
    const from = Math.max(before, context.currentTime + (this.#sounding ? 0 : LEAD));
    source.start(from);
    this.#pieces.push({ from, until: from + buffer.duration, piece, source });
    if (!this.#clock) this.#run();
  }

  /** No more pieces will come. */
  done() {
    this.#whole = true;
    if (!this.#clock) this.tell('end');
  }

  /** Silence, at once. Says how much had been heard, in milliseconds. */
  stop() {
    const { playedMs } = this;
    for (const { source } of this.#pieces) source.stop();
    this.#rest();
    return playedMs;
  }

  #rest() {
    clearInterval(this.#clock);
    this.#clock = 0;
    this.#pieces = [];
    this.#whole = false;
    this.#sounding = false;
    this.#sentence = null;
  }

  #run() {
    const began = performance.now();
    let warned = false;
    const look = () => {
      const now = this.context.currentTime;
      if (!this.blocked) warned = false;
      else if (!warned && performance.now() - began > 250) {
        warned = true;
        // Whether before its first sound or in the middle: it has to sound anew.
        this.#sounding = false;
        this.tell('blocked');
      }
      const current = this.#pieces.find(({ until }) => now < until);
      if (current && now >= current.from && !this.blocked) this.#sound(current.piece);
      if (!current && this.#whole) {
        this.#rest();
        this.tell('end');
      }
    };
    this.#clock = window.setInterval(look, 15);
    look();
  }

  /** @param {Speech} piece */
  #sound(piece) {
    if (!this.#sounding) {
      this.#sounding = true;
      this.tell('sound', piece);
    }
    if (this.#sentence?.sentence !== piece.sentence) {
      this.#sentence = piece;
      this.tell('sentence', piece);
    }
  }
}
