/** What a press means, whenever and however it comes. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alike, together, visit } from './house.mjs';

const QUESTION = 'What time is it?';

const { server, chrome } = await together({ microphone: [0.3, QUESTION, 60] });

/** Puts the pointer on the button. */
async function reach({ page }) {
  const { x, y, width, height } = await page.locator('#talk').boundingBox();
  await page.mouse.move(x + width / 2, y + height / 2);
}

test('a clip that reaches its limit goes its way, and letting go changes nothing', async () => {
  const visitor = await visit(chrome, 'about:blank');
  const { page } = visitor;
  await page.route('**/api/v1/capabilities', async (route) => {
    const able = await (await route.fetch()).json();
    able.limits.audio_seconds = 3;
    await route.fulfill({ json: able });
  });
  await page.goto(server.url);
  await visitor.until(() => document.getElementById('pill').textContent.length > 3);
  await reach(visitor);

  await page.mouse.down();
  await visitor.state('held');
  await visitor.state('hearing', 'thinking', 'speaking');
  await page.mouse.up();

  await visitor.answered();
  assert.ok(alike(await visitor.text('.said'), QUESTION) > 0.5);
  await visitor.close();
});

test('who holds the button while it thinks speaks anew', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  let asked = 0;
  await page.route('**/voice-chat*', (route) => {
    asked += 1;
    // The first one is never answered.
    if (asked > 1) route.continue();
  });
  await visitor.type('What can you do?');
  await visitor.state('thinking');
  await reach(visitor);

  await page.mouse.down();
  await visitor.state('held');
  await visitor.passes(2);
  await page.mouse.up();

  await visitor.enough();
  assert.ok(alike(await visitor.last.locator('.said').innerText(), QUESTION) > 0.5);
  await visitor.close();
});

test('who holds Enter down begins to listen once', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await page.focus('#talk');

  for (let times = 0; times < 5; times += 1) await page.keyboard.down('Enter');
  await visitor.state('listening');
  await visitor.passes(1);

  await page.keyboard.up('Enter');
  await page.keyboard.press('Enter');
  await visitor.enough();
  assert.equal(await page.locator('.turn').count(), 1);
  await visitor.close();
});

test('who taps twice at once is told how one talks, and sends nothing', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.press();
  // Pressed from here, the second tap might come too late to be one.
  await visitor.until(() => {
    const listens = document.getElementById('dock').dataset.state === 'listening';
    if (listens) document.getElementById('talk').click();
    return listens;
  });

  await visitor.until(() => /Hold while you talk/.test(document.getElementById('state').textContent));
  assert.equal(await page.locator('.turn').count(), 0);
  await visitor.close();
});

test('one’s own recording can be heard, and stops when told to', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.say(2);
  await visitor.enough();

  await page.click('.you .player');
  await page.waitForSelector('.you .who.sounding');
  await page.keyboard.press('Escape');

  await page.waitForSelector('.you .who:not(.sounding)');
  await page.click('.you .player');
  await page.waitForSelector('.you .who.sounding');
  await visitor.press();
  await page.waitForSelector('.you .who:not(.sounding)');
  await visitor.state('listening');
  await visitor.close();
});

test('a short press of the space bar opens no microphone that stays open', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  await visitor.watch();

  await page.keyboard.press(' ');

  await visitor.until(() => /Hold while you talk/.test(document.getElementById('state').textContent));
  await visitor.state('idle');
  assert.ok(await page.evaluate(() => window.tracks.every((one) => one.readyState === 'ended')));
  await visitor.close();
});

test('the space bar scrolls for whoever reads, and talks for whoever holds it', async () => {
  const visitor = await visit(chrome, server.url, { viewport: { width: 1280, height: 500 } });
  const { page } = visitor;
  for (const words of ['I like coffee.', 'What do I like?', 'What can you do?']) {
    await visitor.type(words);
    await visitor.enough();
  }
  await visitor.watch();
  await page.locator('.said').first().scrollIntoViewIfNeeded();
  await page.locator('.said').first().click({ position: { x: 2, y: 2 } });
  await page.keyboard.press('Escape');
  await page.evaluate(() => {
    document.getElementById('stage').focus();
    document.getElementById('stage').scrollTop = 0;
  });

  await page.keyboard.press(' ');
  await visitor.until(() => document.getElementById('stage').scrollTop > 50);
  assert.equal(await page.evaluate(() => window.tracks.length), 0);

  await page.evaluate(() => (document.getElementById('stage').scrollTop = 0));
  await page.keyboard.down(' ');
  await visitor.state('held');
  await visitor.passes(2);
  await page.keyboard.up(' ');
  await visitor.enough();
  assert.equal(await page.locator('.turn').count(), 4);
  await visitor.close();
});
