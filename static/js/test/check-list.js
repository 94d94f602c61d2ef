/** The original's eight checks, each done for real. */

import { logIn } from '../common/log-in.js';
import { Microphone } from '../common/microphone.js';
import { answered, capabilities, sample } from '../common/server.js';
import { current } from '../common/settings.js';
import { say } from '../common/words.js';
import { ask, hear, Player, Problem, turn } from '../repartee.js';
import { bytes, fullScale, milliseconds, seconds } from './numbers.js';
import { troubleOf } from './recorder.js';

/** What is asked: the one question that every engine understands. */
const QUESTION = 'What time is it?';
/** How long the microphone is tried, and how long sound may take to be heard. */
const RECORDS_MS = 2000;
const PLAYS_MS = 15_000;
/** In how many seconds there are requests again, where the server does not say. */
const MINUTE = 60;

/** A check that cannot be made here, and why. */
export class Unable extends Error {}

/** A check that did not pass, and what to do. */
export class Failed extends Error {
  /** @param {string} what @param {string} fix @param {HTMLElement|null} [way] Where that is done. */
  constructor(what, fix, way = null) {
    super(what);
    this.fix = fix;
    this.way = way;
  }
}

/**
 * What to do about what happened, whichever check it happens to.
 * @type {Record<string, (problem: Problem) => string>}
 */
const FIXES = {
  unreachable: () => say('fix_server'),
  unauthenticated: () => say('fix_unauthenticated'),
  budget_reached: () => say('fix_budget_reached'),
  rate_limited: ({ retryAfterSeconds }) => say('fix_rate_limited', { wait: seconds(retryAfterSeconds ?? MINUTE) }),
};

/**
 * What went wrong when the server was asked, and what to do.
 * @param {any} error @param {string} [fix] Where the server answered. @param {string} [where]
 */
export function failed(error, fix = say('fix_server'), where = '') {
  const problem = Problem.of(error);
  const { code } = problem;
  const what = code === 'unreachable' ? say('unreachable') : `${where}${problem.message}`;
  return new Failed(what, FIXES[code]?.(problem) ?? fix, code === 'unauthenticated' ? logIn() : null);
}

/**
 * @typedef {object} Shared What one check leaves for those after it.
 * @property {Player} player Made in the click that began the checks, so that it may sound.
 * @property {Blob} [spoken] The question, spoken by the server.
 * @property {Microphone} [microphone]
 */

/** In the original's order. @type {{name: string, run: (shared: Shared) => Promise<string>}[]} */
export const CHECKS = [
  { name: 'dependencies', run: dependencies },
  { name: 'configured', run: configured },
  { name: 'tested', run: tested },
  { name: 'server', run: serverRuns },
  { name: 'microphone', run: microphoneOpens },
  { name: 'recording', run: recordingWorks },
  { name: 'responses', run: responses },
  { name: 'playback', run: playback },
];

/** What the original installed by hand is in the program: its parts say whether they are ready. */
async function dependencies() {
  const answer = await fetch('/readyz', { cache: 'no-store' });
  const parts = await answer.json();
  // Those who have not logged in are told only whether all of it is.
  if (parts.ready && !parts.database) return say('passed_dependencies', { parts: '/readyz' });
  const named = ['database', 'hearing', 'thinking', 'speaking'].map((part) => ({ part, ...parts[part] }));
  const missing = named.filter(({ state }) => state !== 'ready');
  if (missing.length) {
    const what = missing.map(
      ({ part, name, state, problem }) => `${say(part)}: ${name}, ${problem ?? state}`,
    );
    throw new Failed(what.join(' · '), say('fix_dependencies'));
  }
  return say('passed_dependencies', { parts: named.map(({ name }) => name).join(', ') });
}

/** Engines are there for each stage; those that need a key have one, or the server says so. */
async function configured() {
  const { engines } = await capabilities();
  const health = await (await ask('/health', {})).json();
  const named = Object.values(engines).join(', ');
  if (health.warnings?.length) throw new Failed(health.warnings.join(' · '), say('fix_warnings'));
  const local = Object.values(engines).every((name) => name.startsWith('embedded'));
  return say(local ? 'passed_no_key' : 'passed_key', { engines: named });
}

/** Each engine is asked for real: a key that is wrong shows here. @param {Shared} shared */
async function tested(shared) {
  /** @type {Record<string, string>} */
  const took = {};
  const stage = async (/** @type {string} */ name, /** @type {() => Promise<any>} */ run) => {
    const began = performance.now();
    try {
      const made = await run();
      took[name] = milliseconds(performance.now() - began);
      return made;
    } catch (error) {
      throw failed(error, say('fix_tested'), `${say(name)}: `);
    }
  };
  const spoken = await stage('speaking', () => sample('', QUESTION, 1));
  shared.spoken = spoken;
  const report = await stage('hearing', () => hear(spoken));
  if (!report.transcript) throw new Failed(say('nothing_heard_of_own'), say('fix_tested'));
  await stage('thinking', () => answered(QUESTION));
  return say('passed_tested', { ...took, heard: report.transcript });
}

async function serverRuns() {
  const began = performance.now();
  const answer = await fetch('/livez', { cache: 'no-store' });
  if (!answer.ok) throw new Failed(say('refused', { status: answer.status }), say('fix_server'));
  const time = milliseconds(performance.now() - began);
  const { service, version } = await (await ask('/health', {})).json();
  return say('passed_server', { server: `${service} ${version}`, address: location.origin, time });
}

/** @param {Shared} shared */
async function microphoneOpens(shared) {
  try {
    shared.microphone = await Microphone.open(current().device);
  } catch (error) {
    const { why } = /** @type {any} */ (error);
    if (why === 'insecure' || why === 'unable') throw new Unable(troubleOf(error));
    throw new Failed(troubleOf(error), say('fix_microphone'));
  }
  return say('passed_microphone', { name: shared.microphone.label || say('unnamed') });
}

/** @param {Shared} shared */
async function recordingWorks({ microphone }) {
  if (!microphone) throw new Unable(say('needs_microphone'));
  const recording = microphone.record();
  await new Promise((resolve) => setTimeout(resolve, RECORDS_MS));
  const clip = await recording.stop();
  microphone.close();
  if (!clip.size) throw new Failed(say('recorded_nothing'), say('fix_recording'));
  const { audio, duration_seconds: length, warnings } = await hear(clip);
  const told = {
    kind: `${audio.container}/${audio.codec}`,
    size: bytes(clip.size),
    length: seconds(length),
    loudness: fullScale(audio.loudness_dbfs),
  };
  if (warnings.some((/** @type {any} */ { code }) => code === 'silent')) {
    throw new Failed(say('recorded_silence', told), say('fix_silence'));
  }
  return say('passed_recording', told);
}

/** A whole turn by voice, without leaving a trace. @param {Shared} shared */
async function responses({ spoken }) {
  const asked = turn(spoken ?? QUESTION, { memory: false });
  const told = await asked.finished.catch((error) => {
    throw failed(error, say('fix_responses'));
  });
  if (!told.reply) throw new Failed(say('no_reply'), say('fix_responses'));
  const { first_sound: first, total } = told.timings_ms;
  return say('passed_responses', {
    heard: told.transcript ?? '',
    reply: told.reply,
    first: milliseconds(first),
    total: milliseconds(total),
  });
}

/**
 * The original's answer, an MP3, through this browser's decoder and to its output.
 * @param {Shared} shared
 */
async function playback({ player }) {
  const form = new FormData();
  form.set('text', QUESTION);
  form.set('memory', 'off');
  const answer = await ask('/voice-chat', {}, { method: 'POST', body: form });
  const mp3 = await answer.arrayBuffer();
  const size = bytes(mp3.byteLength);
  const sound = await player.context.decodeAudioData(mp3).catch(() => {
    throw new Failed(say('not_decoded', { size }), say('fix_decoding'));
  });
  const loudest = await played(player, sound);
  return say('passed_playback', { size, length: seconds(sound.duration), loudest: fullScale(loudest) });
}

/**
 * Plays it, and says how loud it came out, in dBFS.
 * @param {Player} player @param {AudioBuffer} sound @returns {Promise<number>}
 */
function played(player, sound) {
  return new Promise((resolve, reject) => {
    let loudest = 0;
    const metering = setInterval(() => (loudest = Math.max(loudest, player.level)), 50);
    const end = (/** @type {() => void} */ told) => {
      clearInterval(metering);
      clearTimeout(late);
      player.stop();
      told();
    };
    const late = setTimeout(
      () => end(() => reject(new Failed(say('not_played'), say('fix_playback')))),
      PLAYS_MS,
    );
    player.on('blocked', () => end(() => reject(new Failed(say('play_blocked'), say('fix_blocked')))));
    player.on('end', () => end(() => {
      if (loudest > 0) resolve(20 * Math.log10(loudest));
      else reject(new Failed(say('not_played'), say('fix_playback')));
    }));
    player.add({
      sentence: 0,
      text: '',
      text_from: 0,
      text_to: 0,
      start_ms: 0,
      duration_ms: 1000 * sound.duration,
      samples: sound.getChannelData(0),
      rate: sound.sampleRate,
    });
    player.done();
  });
}
