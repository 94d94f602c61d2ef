/** What can be chosen, who answers, and what one is led to. */

import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { LONGEST_MS, Server, alike, browser, visit, wave } from './house.mjs';

const QUESTION = 'What can you do?';

let server;
let chrome;
/** The question, softly enough to be left alone by what makes soft voices louder. */
let question;

before(async () => {
  server = await Server.start();
  question = (await server.spoken(QUESTION)).map((sample) => 0.3 * sample);
  const microphone = join(server.folder, 'soft.wav');
  await writeFile(microphone, wave(heard(question, (sample) => sample, 60), 16_000));
  chrome = await browser({ microphone });
});

after(async () => {
  await chrome?.close();
  await server?.close();
});

/** Samples after half a second, in so many seconds, all changed in this way. */
function heard(samples, change, seconds) {
  return Int16Array.from({ length: 16_000 * seconds }, (_, at) => {
    const sample = change(samples[at - 8000] ?? (at % 7) - 3);
    return Math.max(-32_768, Math.min(32_767, sample));
  });
}

/** Opens the settings, once they are filled. */
async function settings({ page }) {
  await page.click('#open-settings');
  await page.waitForFunction(() => document.getElementById('set-voice').options.length > 1);
}

/** The last turn, once its answer is whole. */
async function whole(visitor) {
  await visitor.last.locator('.it .player').waitFor();
  return (await visitor.turns())[0];
}

/** Counts how often the microphone is asked for. */
function watch(page) {
  return page.evaluate(() => {
    window.asked = 0;
    const open = navigator.mediaDevices.getUserMedia;
    navigator.mediaDevices.getUserMedia = function (...wanted) {
      window.asked += 1;
      return open.apply(this, wanted);
    };
  });
}

test('the voice is one of the server’s, speaks, and is kept', async () => {
  const { voices } = await server.json('/api/v1/capabilities');
  const own = voices.filter((voice) => voice.own).map(({ name }) => name);
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;

  await settings(visitor);
  const offered = await page.locator('#set-voice option').evaluateAll((all) => all.map(({ value }) => value));
  // The names that other programs know do as well, and who speaks then is told.
  assert.deepEqual(offered, ['', ...own, 'alloy', 'echo', 'fable', 'onyx', 'nova', 'shimmer']);
  assert.equal(await page.locator('#set-voice [value=rms]').innerText(), 'Man, American (rms)');
  const { speaker } = voices.find(({ name }) => name === 'onyx');
  assert.equal(await page.locator('#set-voice [value=onyx]').innerText(), `Onyx, spoken by ${speaker}`);
  await page.selectOption('#set-voice', 'rms');
  await page.keyboard.press('Escape');
  await visitor.type(QUESTION);
  assert.equal((await whole(visitor)).voice, 'rms');

  await page.reload();
  await settings(visitor);
  assert.equal(await page.inputValue('#set-voice'), 'rms');
  await page.keyboard.press('Escape');
  await visitor.type('What time is it?');
  await visitor.enough();
  const [again] = await visitor.turns(2);
  assert.deepEqual([again.transcript, again.voice], ['What time is it?', 'rms']);
  await visitor.close();
});

test('a sample lets the chosen voice be heard', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await page.evaluate(() => {
    const { play } = HTMLMediaElement.prototype;
    const { createObjectURL } = URL;
    const types = new Map();
    URL.createObjectURL = (blob) => {
      const address = createObjectURL.call(URL, blob);
      types.set(address, blob.type);
      return address;
    };
    HTMLMediaElement.prototype.play = async function () {
      await play.call(this);
      window.played = { type: types.get(this.src), seconds: this.duration };
    };
  });

  await settings(visitor);
  await page.selectOption('#set-voice', 'kal16');
  const asking = page.waitForRequest('**/v1/audio/speech');
  await page.click('#sample');
  const wanted = (await asking).postDataJSON();
  await visitor.until(() => window.played);

  assert.deepEqual([wanted.voice, wanted.input], ['kal16', 'Hello. This is how I sound.']);
  const { type, seconds } = await page.evaluate(() => window.played);
  assert.equal(type, 'audio/wav');
  assert.ok(seconds > 1 && seconds < 10, `${seconds} s`);
  await visitor.close();
});

test('answers are spoken as fast as was chosen', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  /** How long a letter takes: answers to the same may differ in their words. */
  const letter = async () => {
    await visitor.type('What is twelve times seven?');
    const { reply, audio } = await whole(visitor);
    return audio.duration_ms / reply.length;
  };

  const usual = await letter();
  await settings(visitor);
  await page.fill('#set-speed', '2');
  assert.equal(await visitor.text('#said-speed'), '2×');
  await page.keyboard.press('Escape');
  const share = (await letter()) / usual;

  assert.ok(share > 0.35 && share < 0.7, `at twice the speed it took ${share} of the time`);
  await visitor.close();
});

test('ears that know English only say so, and leave no choice', async () => {
  const visitor = await visit(chrome, server.url);

  await settings(visitor);

  assert.ok(await visitor.page.isDisabled('#set-spoken'));
  assert.deepEqual(await visitor.page.locator('#set-spoken option').allTextContents(), ['English']);
  assert.equal(await visitor.text('#spoken-note'), 'The built-in hearing understands English only.');
  await visitor.close();
});

test('who thinks while they speak is waited for as long as they chose', async (context) => {
  // The usual pause is shorter than this one.
  const slow = await browser({
    microphone: await server.microphone([0.7, QUESTION, 1.2, 'What time is it?', 60]),
  });
  context.after(() => slow.close());
  const visitor = await visit(slow, server.url);
  const { page } = visitor;
  await settings(visitor);
  await page.fill('#set-pause', '2');
  await page.reload();
  await settings(visitor);
  assert.equal(await visitor.text('#said-pause'), '2 s');
  assert.equal(await page.inputValue('#set-pause'), '2');
  await page.keyboard.press('Escape');

  await page.click('#hands-free');
  await visitor.state('listening');
  await visitor.state('speaking');
  await page.keyboard.press('Escape');
  await visitor.state('waiting');

  const said = await page.locator('.said').allInnerTexts();
  assert.equal(said.length, 1, said.join(' | '));
  // Neither question alone has as many.
  assert.ok(said[0].split(' ').length > 5, said[0]);
  await visitor.close();
});

test('the page looks as was chosen, at once and from then on', async () => {
  const visitor = await visit(chrome, server.url, { colorScheme: 'light' });
  const { page } = visitor;
  const [light, dark] = ['rgb(251, 250, 247)', 'rgb(21, 20, 18)'];
  const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(await paper(), light);

  await settings(visitor);
  await page.click('#settings >> text="Dark"');
  assert.equal(await paper(), dark);
  await page.reload();
  assert.equal(await paper(), dark);

  await settings(visitor);
  assert.ok(await page.isChecked('[name=theme][value=dark]'));
  await page.click('#settings >> text="Light"');
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await paper(), light);
  await page.click('#settings >> text="As the system"');
  assert.equal(await paper(), dark);
  await visitor.close();
});

/** Runs in the page: from now on the microphone hears this, and nothing takes noise away from it. */
function microphoneOf(samples) {
  navigator.mediaDevices.getUserMedia = async () => {
    const context = new AudioContext();
    const buffer = new AudioBuffer({ length: samples.length, sampleRate: 16_000 });
    buffer.copyToChannel(Float32Array.from(samples, (sample) => sample / 32_768), 0);
    const source = new AudioBufferSourceNode(context, { buffer });
    const ear = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    source.connect(ear);
    source.start();
    return ear.stream;
  };
}

// Both take their time, and are patient.
describe('listening', { concurrency: true }, () => {
  test('the microphone doctor says what is good, and what is not and why', async () => {
    /** Opens the page with a microphone that hears just this, or with the browser's. */
    const examined = async (samples) => {
      const visitor = await visit(chrome, server.url);
      if (samples) await visitor.page.evaluate(microphoneOf, Array.from(samples));
      await settings(visitor);
      await visitor.page.click('#doctor');
      assert.equal(await visitor.text('#diagnosis'), 'Speak now, as you would to it…');
      // All four are heard at the same time.
      await visitor.page.locator('#diagnosis .note').waitFor({ timeout: 3 * LONGEST_MS });
      const told = await visitor.text('#diagnosis');
      assert.ok(await visitor.page.isEnabled('#doctor'));
      await visitor.close();
      return told;
    };
    const noise = () => 3000 * (Math.random() - 0.5);

    const [clear, quiet, loud, noisy] = await Promise.all([
      examined(),
      examined(heard(question, (sample) => 0.05 * sample, 4)),
      examined(heard(question, (sample) => 100 * sample, 4)),
      examined(heard(question, (sample) => sample + noise(), 4)),
    ]);

    assert.match(clear, /^This microphone is good\.\s+Heard: “.+”\s+Loudness −\d+ dB · above the room’s noise by \d+ dB$/);
    assert.match(quiet, /^(This microphone will do|It is hard to understand you)\.\s+Very quiet\. Come closer/);
    assert.match(loud, /^It is hard to understand you\.\s+Clipping: too loud\. Move away a little/);
    assert.match(noisy, /^(This microphone will do|It is hard to understand you)\.\s+A noisy room\. Come closer/);
  });

  test('who comes near the limit is told, and at the limit it is sent by itself', async (context) => {
    const brief = await Server.start({ MAX_AUDIO_SECONDS: '5' });
    context.after(() => brief.close());
    const visitor = await visit(chrome, brief.url);
    await settings(visitor);
    // Nor does a pause end it then.
    await visitor.page.check('#set-until-tap');
    await visitor.page.keyboard.press('Escape');

    await visitor.press();
    await visitor.state('listening');
    await visitor.until(() => /^1 s left/.test(document.getElementById('aside').textContent));
    await visitor.state('hearing', 'thinking', 'speaking');

    assert.match(await visitor.text('#notice'), /as long as one recording may be/);
    const { transcript } = await whole(visitor);
    assert.match(transcript, /\w/);
    await visitor.close();
  });
});

test('the page says who listens, thinks and speaks, tries them, and how to connect a model', async (context) => {
  const visitor = await visit(chrome, server.url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page } = visitor;
  const body = page.locator('#engines-body');
  await page.getByText('On this computer · no model').click();

  const stages = await body.locator('.setting:has(h3)').allInnerTexts();
  assert.match(stages[0], /^Hearing\s+PocketSphinx: .*Nothing leaves this computer\.$/);
  assert.match(stages[1], /^Thinking\s+No language model: .*Nothing leaves this computer\.$/);
  assert.match(stages[2], /^Speaking\s+flite: .*Nothing leaves this computer\.$/);
  assert.match(await body.innerText(), /Words are kept on this computer\. The sound of what you say is not\./);

  for (const [name, model] of [['OpenAI', /^openai\/gpt/], ['Ollama', /llama/]]) {
    await page.getByRole('tab', { name }).click();
    await body.getByRole('button', { name: 'Copy' }).click();
    await body.getByText('Copied').waitFor();
    const lines = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(await body.locator('pre').textContent(), lines.trim());
    // With these lines a server begins, and asks that model.
    const written = lines.trim().replace('sk-…', 'sk-anything').split('\n');
    const settings = Object.fromEntries(written.map((line) => line.split('=')));
    const connected = await Server.start(settings);
    context.after(() => connected.close());
    assert.match((await connected.json('/api/v1/capabilities')).engines.thinking, model);
  }

  await page.click('text=Test all three');
  await visitor.until(() =>
    [...document.querySelectorAll('.trial dd')].filter((one) => one.textContent.startsWith('works: ')).length === 3);
  const tried = await page.locator('.trial').innerText();
  for (const stage of ['Speaking', 'Hearing', 'Thinking']) {
    assert.match(tried, new RegExp(`${stage}\\s+works: \\d+\\.\\d+ s`));
  }
  await visitor.close();
});

test('a tap on what one might say is answered aloud, without a microphone', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await watch(page);

  await page.click('#chips >> text=I like coffee.');
  await visitor.state('speaking');
  await visitor.until(() => window.sounded.samples.length > 4);
  await page.click('#next >> text=What do I like?');
  await visitor.until(() => document.querySelectorAll('.reply:not([hidden])').length === 2);
  assert.equal(await visitor.last.locator('.said').innerText(), 'What do I like?');
  await whole(visitor);
  assert.match(await visitor.last.locator('.reply').innerText(), /coffee/i);
  await visitor.enough();

  assert.equal(await page.evaluate(() => window.asked), 0);
  await visitor.close();
});

test('what needs a model leads to how to connect one, every time', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.type('How tall is Mount Everest?');
  const { conversation_id: conversation } = await whole(visitor);
  await page.locator('#next >> text=Connect a model').waitFor();
  // What it can answer comes first, and looks like something to say.
  const offered = await page.locator('#next .button').allInnerTexts();
  assert.deepEqual(offered, ['What are your opening hours?', 'How much is a haircut?']);
  await page.click('#next >> text=Connect a model');
  assert.ok(await page.isVisible('#engines #connect-panel'));
  await page.keyboard.press('Escape');

  // What was not heard to its end would be said once more.
  const replies = await page.evaluate(async (conversation) => {
    const replies = [];
    for (const text of ['How tall is Mount Everest?', 'Who wrote Hamlet?']) {
      const body = new FormData();
      body.set('text', text);
      body.set('conversation_id', conversation);
      const answer = await fetch('/voice-chat?format=json', { method: 'POST', body });
      replies.push((await answer.json()).reply);
    }
    return replies;
  }, conversation);
  await visitor.type('Why is the sky blue?');
  await visitor.until(() => document.querySelectorAll('.it .player').length === 2);
  const [{ reply }] = await visitor.turns(4);
  assert.ok(!replies.includes(reply), `${replies.join(' | ')} | ${reply}`);
  assert.ok(await page.isVisible('#next >> text=Connect a model'), `not after “${reply}”`);
  await visitor.close();
});

test('what was said already is not offered again, and nothing is while a turn runs', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  let go = () => {};
  assert.match(await visitor.text('.persona'), /^Robin\b.*the voice of a sample hairdresser's$/);

  await page.click('#chips >> text=What are your opening hours?');
  await page.locator('#next >> text=How much is a haircut?').waitFor();
  assert.ok(!(await page.isVisible('#next >> text=What are your opening hours?')));
  await page.route('**/voice-chat*', async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  }, { times: 1 });
  await page.click('#next >> text=How much is a haircut?');
  await visitor.state('thinking');
  assert.ok(!(await page.isVisible('#next')));
  go();

  await page.locator('#next >> text=What is Repartee?').waitFor();
  await visitor.close();
});

test('what merely speaks of models leads nowhere', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;

  await visitor.type('I like model trains.');
  await visitor.enough();
  await visitor.type('What do I like?');
  await visitor.until(() => document.querySelectorAll('.it .player').length === 2);

  assert.match(await visitor.last.locator('.reply').innerText(), /model trains/);
  await page.locator('#next >> text=What are your opening hours?').waitFor({ timeout: 3000 });
  assert.equal(await page.locator('#next >> text=Connect a model').count(), 0);
  await visitor.close();
});

test('who holds too short to speak is told how to', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 3_600_000);
  await page.hover('#talk');

  await page.mouse.down();
  await visitor.shows('listening');
  await page.clock.runFor(400);
  await visitor.shows('held');
  await page.mouse.up();

  await visitor.shows('idle');
  assert.equal(await visitor.text('#state'), 'Hold while you talk, or tap once.');
  assert.equal(await page.locator('.turn').count(), 0);
  await visitor.close();
});

test('a recording that is dropped onto the page is answered', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  const bytes = wave(await server.spoken('What time is it?'), 16_000).toString('base64');
  const dragged = await page.evaluateHandle((bytes) => {
    const data = new DataTransfer();
    const sound = Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0));
    data.items.add(new File([sound], 'clip.wav', { type: 'audio/wav' }));
    return data;
  }, bytes);

  await page.dispatchEvent('#stage', 'dragover', { dataTransfer: dragged });
  assert.ok(await page.evaluate(() => document.body.matches('.dropping')));
  await page.dispatchEvent('#stage', 'drop', { dataTransfer: dragged });
  assert.ok(!(await page.evaluate(() => document.body.matches('.dropping'))));

  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  await visitor.close();
});
