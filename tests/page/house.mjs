/** A real server, a real browser, and someone who speaks into its microphone. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after } from 'node:test';

import { chromium } from 'playwright-core';

const PROGRAM = process.env.REPARTEE_TEST_PROGRAM ?? 'target/debug/repartee';
const PROVIDER = join(dirname(PROGRAM), 'repartee-provider');
const CHROMIUM = process.env.REPARTEE_TEST_CHROMIUM ?? '/usr/bin/chromium';

/** How long anything may take before the test has failed. */
export const LONGEST_MS = 20_000;

/** A server on its embedded engines, with an empty database of its own. */
export class Server {
  /** @param {Record<string, string>} [settings] */
  static async start(settings = {}) {
    const folder = await mkdtemp(join(tmpdir(), 'repartee-page-'));
    const server = new Server(folder, settings);
    await server.run('127.0.0.1:0');
    return server;
  }

  constructor(folder, settings) {
    this.folder = folder;
    this.settings = settings;
  }

  /** Runs it, at this address. */
  async run(bind) {
    const { PATH, HOME, LD_LIBRARY_PATH = '' } = process.env;
    this.child = spawn(PROGRAM, ['serve'], {
      cwd: this.folder,
      env: {
        PATH, HOME, LD_LIBRARY_PATH,
        BIND: bind,
        DATA_DIR: this.folder,
        TURNS_PER_MINUTE: '100000',
        TZ: 'Etc/UTC',
        LOG: 'error',
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { child } = this;
    const orphaned = () => child.kill('SIGKILL');
    process.once('exit', orphaned);
    child.once('exit', () => process.off('exit', orphaned));
    for await (const line of createInterface({ input: this.child.stdout })) {
      const found = /^listening on (http:\S+)/.exec(line);
      if (!found) continue;
      this.url = found[1];
      break;
    }
    this.child.stdout.resume();
    while (!(await fetch(`${this.url}/readyz`)).ok) await new Promise(setImmediate);
  }

  /** Ends it without a warning. */
  async kill() {
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  /** Runs it again where it was. */
  again() {
    return this.run(new URL(this.url).host);
  }

  async close() {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What it is called and says by JSON. */
  async json(path, init) {
    return (await fetch(this.url + path, init)).json();
  }

  /** Someone saying this, as samples of 16 kHz. */
  async spoken(text, voice = 'slt') {
    const answer = await fetch(`${this.url}/v1/audio/speech`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ input: text, voice, response_format: 'wav' }),
    });
    // Behind the header: bare samples would come at another rate.
    return new Int16Array((await answer.arrayBuffer()).slice(44));
  }

  /** The words in these samples. */
  async heard(samples, rate) {
    const form = new FormData();
    form.set('audio', new Blob([wave(samples, rate)]), 'captured.wav');
    return this.json('/test-transcript', { method: 'POST', body: form });
  }

  /** A file for the microphone: this is said, after so many seconds of quiet and before others. */
  async microphone(parts) {
    const pieces = [];
    for (const part of parts) {
      pieces.push(typeof part === 'number' ? quiet(part) : await this.spoken(part));
    }
    const samples = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      samples.set(piece, at);
      at += piece.length;
    }
    const path = join(this.folder, `microphone-${Math.random().toString(36).slice(2)}.wav`);
    await writeFile(path, wave(samples, 16_000));
    return path;
  }
}

/**
 * A server and a browser for all tests of a file, which end with them. What is in `microphone` is
 * said into it; without it, nobody may listen.
 */
export async function together({ microphone, settings } = {}) {
  const server = await Server.start(settings);
  const chrome = await browser(microphone && { microphone: await server.microphone(microphone) });
  after(async () => {
    await chrome.close();
    await server.close();
  });
  return { server, chrome };
}

/** A provider of models that takes its time, and what a server needs to be told to use it. */
export async function provider(...args) {
  const child = spawn(PROVIDER, ['--bind', '127.0.0.1:0', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const orphaned = () => child.kill('SIGKILL');
  process.once('exit', orphaned);
  let url = '';
  for await (const line of createInterface({ input: child.stdout })) {
    [, url] = /^listening on (http:\S+)/.exec(line) ?? [];
    if (url) break;
  }
  child.stdout.resume();
  return {
    settings: {
      OPENAI_API_KEY: 'sk-anything',
      OPENAI_BASE_URL: url,
      DAILY_BUDGET_USD: 'unlimited',
      OWNER_BUDGET_USD: 'unlimited',
    },
    async close() {
      process.off('exit', orphaned);
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Hardly audible: browsers do not deliver what is quite silent. */
function quiet(seconds) {
  return Int16Array.from({ length: Math.round(16_000 * seconds) }, (_, at) => (at % 7) - 3);
}

/** Samples as a file. */
export function wave(samples, rate) {
  const bytes = Buffer.alloc(44 + 2 * samples.length);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + 2 * samples.length, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(2 * rate, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(2 * samples.length, 40);
  samples.forEach((sample, at) => bytes.writeInt16LE(sample, 44 + 2 * at));
  return bytes;
}

/** How many of the words that were meant were heard, from 0 to 1. */
export function alike(heard, meant) {
  const words = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = new Set(words(heard));
  const wanted = words(meant);
  return wanted.filter((word) => found.has(word)).length / wanted.length;
}

/** A browser whose microphone hears this file; without one, it is not allowed to hear. */
export async function browser({ microphone, args = [] } = {}) {
  const ears = microphone
    ? ['--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${microphone}`]
    : ['--deny-permission-prompts'];
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--use-fake-device-for-media-stream', ...ears, ...args],
  });
}

/**
 * A page that is looked after: whatever it complains of fails the test when it is closed.
 * @param {import('playwright-core').Browser} browser
 */
export async function visit(browser, address, { allowed = [], ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    acceptDownloads: true,
    locale: 'en-GB',
    timezoneId: 'Etc/UTC',
    ...options,
  });
  context.setDefaultTimeout(LONGEST_MS);
  await context.addInitScript(record);
  const page = await context.newPage();
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.stack}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(address);
  return new Visit(page, complaints, allowed);
}

/** Runs in the page, before it: takes down all sound that leaves for the loudspeaker. */
function record() {
  const Whole = window.AudioContext;
  window.sounded = { rate: 0, samples: [] };
  window.AudioContext = class extends Whole {
    #out = null;

    get destination() {
      const real = super.destination;
      if (this.#out) return this.#out;
      this.#out = super.createGain();
      this.#out.connect(real);
      const tap = super.createScriptProcessor(1024, 1, 1);
      window.sounded.rate = this.sampleRate;
      tap.onaudioprocess = ({ inputBuffer }) => {
        const heard = inputBuffer.getChannelData(0);
        if (heard.some((sample) => sample !== 0)) window.sounded.samples.push(Array.from(heard));
      };
      this.#out.connect(tap);
      tap.connect(real);
      return this.#out;
    }
  };
}

/** Ours, and no fault of the page's: what leaves for the loudspeaker is taken down with it. */
const OURS = /ScriptProcessorNode is deprecated/;

/** What a user sees and does. */
export class Visit {
  constructor(page, complaints, allowed) {
    this.page = page;
    this.complaints = complaints;
    this.allowed = [OURS, ...allowed];
  }

  /** Waits for the button to be in one of these states. */
  async state(...states) {
    await this.page.waitForFunction(
      (states) => states.includes(document.getElementById('dock').dataset.state),
      states,
    );
  }

  /** The same while the page's clock stands still, and it draws no frame that one could wait for. */
  async shows(state) {
    await this.eventually((state) => document.getElementById('dock').dataset.state === state, state);
  }

  /** Waits for something to be so in the page. */
  async until(so, value) {
    await this.page.waitForFunction(so, value);
  }

  /** The same for what the page itself has to wait for: `until` takes any promise for a yes. */
  async eventually(so, value) {
    const end = Date.now() + LONGEST_MS;
    while (Date.now() < end) {
      const found = await this.page.evaluate(so, value);
      if (found) return found;
    }
    throw new Error(`it never came to this: ${so}`);
  }

  /** From now on every microphone that is opened is remembered, and opens as late as is wanted. */
  async watch() {
    await this.page.evaluate(() => {
      const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      window.tracks = [];
      window.delayMs = 0;
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        if (window.delayMs) await new Promise((resolve) => setTimeout(resolve, window.delayMs));
        const stream = await open(wanted);
        window.tracks.push(...stream.getTracks());
        return stream;
      };
    });
  }

  /** Waits until every microphone that was opened is closed. */
  async closed() {
    await this.until(() => window.tracks.length && window.tracks.every((one) => one.readyState === 'ended'));
  }

  async press() {
    await this.page.click('#talk');
  }

  /** Says the microphone's file, from its beginning: for so long, or until the pause after it. */
  async say(seconds) {
    await this.press();
    await this.state('listening');
    // Looked at and pressed at once: a press after the pause would stop the answer.
    await this.until((least) => {
      if (document.getElementById('dock').dataset.state !== 'listening') return true;
      const [minutes, rest] = document.getElementById('aside').textContent.split(' ')[0].split(':');
      if (60 * Number(minutes) + Number(rest) < least) return false;
      document.getElementById('talk').click();
      return true;
    }, seconds);
  }

  /** Time passes in the page, as its stopwatch says. */
  async passes(seconds) {
    const clock = (least) => {
      const [minutes, rest] = document.getElementById('aside').textContent.split(' ')[0].split(':');
      return 60 * Number(minutes) + Number(rest) >= least;
    };
    await this.until(clock, seconds);
  }

  async type(words) {
    if (!(await this.page.isVisible('#text'))) await this.page.click('#open-type');
    await this.page.fill('#text', words);
    await this.page.press('#text', 'Enter');
  }

  /** The last turn on the stage. */
  get last() {
    return this.page.locator('.turn').last();
  }

  async text(selector) {
    return (await this.page.locator(selector).innerText()).trim();
  }

  /** Waits until an answer sounds, and stops it. */
  async enough() {
    await this.state('speaking');
    await this.page.keyboard.press('Escape');
    await this.state('idle', 'waiting');
  }

  /** Waits until an answer was heard to its end. */
  async answered() {
    await this.state('speaking');
    await this.state('idle', 'waiting');
  }

  /**
   * The turns of the conversation on the stage, as the server tells them, the newest first, once
   * there are so many: those that were interrupted are written down after the page went on.
   */
  async turns(many = 1) {
    return this.eventually(async (many) => {
      const conversation = location.pathname.split('/')[2];
      const answer = conversation && (await fetch(`/api/v1/conversations/${conversation}/turns`));
      const { data = [] } = answer ? await answer.json() : {};
      return data.length >= many && data;
    }, many);
  }

  /** The words that can be heard in this turn's recording. */
  async kept(turn) {
    return this.page.evaluate(async (address) => {
      const form = new FormData();
      form.set('audio', await (await fetch(address)).blob(), 'kept');
      const answer = await fetch('/test-transcript', { method: 'POST', body: form });
      return (await answer.json()).transcript;
    }, turn.audio.url);
  }

  /** All that has left for the loudspeaker, and forgets it. */
  async sounded() {
    const { rate, samples } = await this.page.evaluate(() => {
      const { rate, samples } = window.sounded;
      window.sounded.samples = [];
      return { rate, samples: samples.flat() };
    });
    const whole = samples.map((sample) => Math.round(32767 * Math.max(-1, Math.min(1, sample))));
    return { rate, samples: Int16Array.from(whole) };
  }

  /** Leaves; whatever the page complained of is a failure. */
  async close() {
    await this.page.context().close();
    const left = this.complaints.filter((one) => !this.allowed.some((known) => known.test(one)));
    if (left.length) throw new Error(`the page complained:\n${left.join('\n')}`);
  }
}
