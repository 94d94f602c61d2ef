/** Press, speak, hear. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alike, browser, together, visit, wave } from './house.mjs';

/** A recogniser that is small understands it, and its answer, every time. */
const QUESTION = 'What are your opening hours?';

const { server, chrome } = await together({ microphone: [0.5, QUESTION, 60] });

test('who presses and speaks sees what was heard and hears the answer', async () => {
  const visitor = await visit(chrome, server.url);

  await visitor.say(3);

  await visitor.state('hearing', 'thinking', 'speaking');
  await visitor.answered();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  const { rate, samples } = await visitor.sounded();
  const [turn] = await visitor.turns();
  const seconds = samples.length / rate;
  assert.ok(Math.abs(seconds - turn.audio.duration_ms / 1000) < 0.4, `${seconds} s sounded`);
  const [{ transcript }, kept] = [await server.heard(samples, rate), await visitor.kept(turn)];
  assert.ok(alike(transcript, kept) > 0.7, `“${transcript}” was to be “${kept}”`);
  assert.ok(alike(kept, turn.reply) > 0.5, `“${kept}” was to be “${turn.reply}”`);
  await visitor.close();
});

test('a tap listens until one pauses, and says what to do for more haste', async () => {
  const visitor = await visit(chrome, server.url);

  await visitor.press();
  await visitor.state('listening');
  assert.match(await visitor.text('#aside'), /^0:0\d · tap when done$/);
  await visitor.state('hearing', 'thinking', 'speaking');

  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  await visitor.close();
});

test('who does not speak after a tap is waited for', async (context) => {
  const late = await browser({ microphone: await server.microphone([7, QUESTION, 60]) });
  context.after(() => late.close());
  const visitor = await visit(late, server.url);

  await visitor.press();
  await visitor.state('listening');
  await visitor.until(() => document.getElementById('aside').textContent.endsWith('nothing heard yet'));
  await visitor.state('hearing', 'thinking', 'speaking');

  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  await visitor.close();
});

test('a second tap sends at once what was said', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.press();
  await visitor.state('listening');
  await visitor.passes(2);

  await visitor.press();

  await visitor.state('hearing', 'thinking', 'speaking');
  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  await visitor.close();
});

test('whoever holds the button is heard when they let go', async () => {
  const visitor = await visit(chrome, server.url);
  const { x, y, width, height } = await visitor.page.locator('#talk').boundingBox();

  await visitor.page.mouse.move(x + width / 2, y + height / 2);
  await visitor.page.mouse.down();
  await visitor.state('held');
  await visitor.passes(3);
  await visitor.page.mouse.up();

  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  await visitor.close();
});

test('who slides away discards what they said', async () => {
  const visitor = await visit(chrome, server.url);
  const { x, y } = await visitor.page.locator('#talk').boundingBox();

  await visitor.page.mouse.move(x + 40, y + 40);
  await visitor.page.mouse.down();
  await visitor.state('held');
  await visitor.passes(1);
  await visitor.page.mouse.move(x + 40, y - 200);
  assert.equal(await visitor.text('#state'), 'Release to discard');
  await visitor.page.mouse.up();

  await visitor.state('idle');
  assert.equal(await visitor.page.locator('.turn').count(), 0);
  await visitor.close();
});

test('the space bar holds, and Escape discards', async () => {
  const visitor = await visit(chrome, server.url);

  await visitor.page.keyboard.down(' ');
  await visitor.state('held');
  await visitor.passes(3);
  await visitor.page.keyboard.up(' ');
  await visitor.enough();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);

  await visitor.page.focus('#talk');
  await visitor.page.keyboard.press(' ');
  await visitor.state('listening');
  await visitor.page.keyboard.press('Escape');
  await visitor.state('idle');
  assert.equal(await visitor.page.locator('.turn').count(), 1);
  await visitor.close();
});

test('the microphone is closed as soon as nobody is listened to', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.page.evaluate(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.streams = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      window.wanted = wanted;
      const stream = await open(wanted);
      window.streams.push(stream);
      return stream;
    };
  });
  const live = () =>
    visitor.page.evaluate(() =>
      window.streams.flatMap((stream) => stream.getTracks()).map((track) => track.readyState));

  await visitor.press();
  await visitor.state('listening');
  assert.deepEqual(await live(), ['live']);
  assert.equal(await visitor.page.getAttribute('#talk', 'aria-pressed'), 'true');
  await visitor.passes(1);
  await visitor.press();
  await visitor.state('thinking', 'speaking', 'idle');
  assert.deepEqual(await live(), ['ended']);
  const { audio } = await visitor.page.evaluate(() => window.wanted);
  assert.ok(audio.echoCancellation && audio.noiseSuppression);
  await visitor.close();
});

test('words by hand and a recording by file take the same turn', async () => {
  const visitor = await visit(chrome, server.url);

  await visitor.type('What is twelve times seven?');
  await visitor.enough();
  assert.match(await visitor.text('.reply'), /84|eighty/);

  const buffer = wave(await server.spoken(QUESTION), 16_000);
  await visitor.page.setInputFiles('#file', { name: 'clip.wav', mimeType: 'audio/wav', buffer });
  await visitor.until(() => document.querySelectorAll('.reply:not([hidden])').length === 2);
  assert.ok(alike(await visitor.last.locator('.said').innerText(), QUESTION) > 0.5);
  await visitor.enough();
  const [brought, typed] = await visitor.turns(2);
  assert.equal(typed.conversation_id, brought.conversation_id);
  await visitor.close();
});

test('what was misheard can be put right', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.say(3);
  await visitor.enough();

  await visitor.page.click('.said .words');
  await visitor.page.fill('.correct input', 'What is two plus two?');
  await visitor.page.keyboard.press('Enter');

  await visitor.until(() => document.querySelectorAll('.reply:not([hidden])').length === 2);
  assert.match(await visitor.last.locator('.reply').innerText(), /4|four/);
  await visitor.close();
});
