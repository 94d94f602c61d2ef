/** Answers: heard, interrupted, heard again, taken along. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { Server, alike, provider, together, visit } from './house.mjs';

const { server, chrome } = await together({ microphone: [60] });

test('the sentence that is being spoken is marked, one after the other', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.page.evaluate(() => {
    window.marked = new Set();
    new MutationObserver(() => {
      const now = document.querySelector('.now');
      if (now) window.marked.add(now.textContent.trim());
    }).observe(document.getElementById('turns'), { childList: true, subtree: true });
  });

  await visitor.type('What can you do?');
  await visitor.answered();

  const marked = await visitor.page.evaluate(() => [...window.marked]);
  assert.equal(marked.join(' '), await visitor.text('.reply'));
  assert.ok(marked.length > 1, 'it said one sentence only');
  assert.equal(await visitor.page.locator('.now').count(), 0);
  await visitor.close();
});

test('a tap interrupts: silence at once, and only what was heard is remembered', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.type('Tell me something interesting.');
  await visitor.state('speaking');
  await visitor.until(() => window.sounded.samples.length * 1024 > window.sounded.rate / 2);

  await visitor.press();
  await visitor.state('idle');

  await visitor.until(() => document.querySelector('.unheard'));
  const { rate, samples } = await visitor.sounded();
  const [turn] = await visitor.turns();
  assert.equal(turn.status, 'interrupted');
  assert.ok((turn.spoken ?? '').length < turn.reply.length, turn.spoken);
  const seconds = samples.length / rate;
  assert.ok(seconds < turn.audio.duration_ms / 1000 - 1, `${seconds} s were heard`);
  await visitor.close();
});

test('an answer can be heard again, faster, also after the page was left', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.type('What are your opening hours?');
  await visitor.answered();
  const [turn] = await visitor.turns();
  await visitor.sounded();

  await visitor.page.reload();
  await visitor.until(() => document.querySelector('.it .player'));
  await visitor.page.click('.it .player');
  await visitor.state('speaking');
  await visitor.state('idle');
  const { rate, samples } = await visitor.sounded();
  const [{ transcript }, kept] = [await server.heard(samples, rate), await visitor.kept(turn)];
  assert.ok(alike(transcript, kept) > 0.7, `“${transcript}” was to be “${kept}”`);

  for (let times = 0; times < 3; times += 1) await visitor.page.click('.rate');
  assert.match(await visitor.text('.rate'), /2×/);
  await visitor.page.click('.it .player');
  await visitor.state('speaking');
  await visitor.state('idle');
  const faster = await visitor.sounded();
  const share = faster.samples.length / samples.length;
  assert.ok(share < 0.7, `at twice the speed it took ${share} of the time`);
  await visitor.close();
});

test('an answer is played again from where one likes, and its sentences are marked', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.type('What are your opening hours?');
  await visitor.answered();
  const reply = await visitor.text('.reply');
  const [{ audio }] = await visitor.turns();

  // With the words of now, and with those of before.
  for (const before of [false, true]) {
    if (before) await page.reload();
    await page.locator('.it .seek input').waitFor();
    await visitor.sounded();
    await page.locator('.it .seek input').focus();
    for (let times = 0; times < 28; times += 1) await page.keyboard.press('ArrowRight');
    await visitor.state('speaking');
    await page.locator('.reply .now').waitFor();
    const marked = await visitor.text('.reply .now');
    assert.ok(reply.indexOf(marked) > 0, marked);
    assert.match(await page.getAttribute('.it .seek input', 'aria-valuetext'), /^\d\.\d s$/);
    assert.ok((await page.locator('.it .seek .past').count()) > 20);
    await visitor.state('idle');
    const { rate, samples } = await visitor.sounded();
    const share = (1000 * samples.length) / rate / audio.duration_ms;
    assert.ok(share > 0.02 && share < 0.9, `${share} of it was heard`);
    assert.equal(await page.locator('.now, .past').count(), 0);
  }
  await visitor.close();
});

test('how soon it sounded is what the browser saw, and nothing where it saw nothing', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.type('What time is it?');
  await visitor.answered();

  assert.ok(!(await page.isVisible('.facts')) || (await page.locator('.turn:hover').count()));
  await page.focus('.it .more');
  assert.match(await visitor.text('.facts'), /^First sound \d\.\d\d s$/);
  await page.keyboard.press('Enter');
  const shown = (await visitor.text('.facts')).replace('First sound ', '');
  assert.ok((await visitor.text('.details')).includes(shown), 'the details tell another figure');
  await page.reload();
  await page.locator('.it .more').focus();
  assert.equal(await visitor.text('.facts'), '');
  await visitor.close();
});

test('the stage stays with the sentence that is spoken, until one scrolls', async (context) => {
  const sentences = Array.from({ length: 20 }, (_, at) => `This is number ${at} of them.`);
  const models = await provider('--reply', sentences.join(' '));
  context.after(() => models.close());
  const talkative = await Server.start(models.settings);
  context.after(() => talkative.close());
  const visitor = await visit(chrome, talkative.url, { viewport: { width: 400, height: 600 } });
  const { page } = visitor;
  await visitor.type('Tell me a long story.');
  await visitor.state('speaking');
  // All of it is there long before it is spoken, and the end is not what one is shown.
  await visitor.until(() => document.querySelector('.reply').textContent.includes('number 19'));
  assert.ok(await page.evaluate(() => {
    const { scrollTop, scrollHeight, clientHeight } = document.getElementById('stage');
    return scrollHeight - scrollTop - clientHeight > 50;
  }));
  await visitor.until(() => /number ([4-9]|1\d) /.test(document.querySelector('.now')?.textContent ?? ''));
  await visitor.until(() => {
    const stage = document.getElementById('stage').getBoundingClientRect();
    const now = document.querySelector('.now')?.getBoundingClientRect();
    const [from, until] = [stage.top + stage.height / 3, stage.top + (2 * stage.height) / 3];
    return now && document.getElementById('stage').scrollTop > 0 && now.top >= from - 2 && now.bottom <= until + 2;
  });

  await page.mouse.move(200, 200);
  await page.mouse.wheel(0, 5000);
  const sentence = await visitor.text('.now');
  await visitor.until((old) => document.querySelector('.now') && document.querySelector('.now').textContent !== old, sentence);
  const read = await page.evaluate(() => {
    const { scrollTop, scrollHeight, clientHeight } = document.getElementById('stage');
    return scrollHeight - scrollTop - clientHeight;
  });
  assert.ok(read < 200, `it was scrolled back, ${read} px from the end`);
  await page.keyboard.press('Escape');
  await visitor.close();
});

test('an answer can be saved, copied, and asked for with curl', async () => {
  const visitor = await visit(chrome, server.url, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const copied = () => visitor.page.evaluate(() => navigator.clipboard.readText());
  await visitor.type("What's twelve times seven?");
  await visitor.enough();
  await visitor.page.click('.it .more');
  const details = await visitor.text('.details');
  assert.match(details, /Thinking[\s\S]*embedded\/repertoire/);
  assert.match(details, /In your browser, from sending[\s\S]*\d\.\d\d s/);
  assert.match(details, /\$0\.00/);

  const saving = visitor.page.waitForEvent('download');
  await visitor.page.click('.details >> text=Download');
  const sound = await readFile(await (await saving).path());
  assert.equal(sound.subarray(0, 4).toString(), 'RIFF');
  await visitor.page.click('.details >> text=Copy text');
  await visitor.page.waitForSelector('text=Copied');
  assert.match(await copied(), /twelve times seven\?\n\n/);
  await visitor.page.waitForSelector('text=Copy text');
  await visitor.page.click('.details >> text=Copy as curl');
  await visitor.page.waitForSelector('text=Copied');
  const line = await copied();
  assert.match(line, /^curl --form-string 'text=What'\\''s twelve times seven\?' .*\/voice-chat /);
  await visitor.close();
});

test('a browser that wants a tap first is told from, never left silent', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.page.evaluate(() => {
    const { resume } = AudioContext.prototype;
    Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended', configurable: true });
    AudioContext.prototype.resume = function () {
      if (!window.allowed) return Promise.reject(new Error('a tap is wanted'));
      delete AudioContext.prototype.state;
      return resume.call(this);
    };
  });

  await visitor.type('What can you do?');
  await visitor.state('muted');
  assert.equal(await visitor.text('#state'), 'Tap to hear the answer');

  await visitor.page.evaluate(() => (window.allowed = true));
  await visitor.press();
  await visitor.answered();
  await visitor.close();
});
