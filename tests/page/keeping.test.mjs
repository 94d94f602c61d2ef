/** Conversations: found, named, taken along, deleted, gone on with. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { browser, together, visit } from './house.mjs';

const { server, chrome } = await together();

/** What the rail lists. */
const listed = (visitor) =>
  visitor.page.locator('.conversations a span').allInnerTexts();

/** Waits for the rail to list just these. */
const lists = (visitor, ...titles) =>
  visitor.until(
    (titles) => {
      const shown = [...document.querySelectorAll('.conversations a span')];
      return JSON.stringify(shown.map((one) => one.textContent)) === JSON.stringify(titles);
    },
    titles,
  );

/** Chooses what is done with the newest conversation. */
async function choose(visitor, name) {
  await visitor.page.locator('.conversations li button').first().click();
  await visitor.page.click(`[role=menuitem] >> text=${name}`);
}

test('the address is the conversation: left, opened again, and gone on with', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.type('My name is Maria.');
  await visitor.enough();
  await visitor.until(() => location.pathname.startsWith('/c/'));
  const address = visitor.page.url();
  await lists(visitor, 'My name is Maria.');

  await visitor.page.reload();
  await visitor.until(() => document.querySelector('.said .words'));
  assert.equal(await visitor.text('.said'), 'My name is Maria.');
  assert.equal(await visitor.page.title(), 'My name is Maria. · Repartee');
  await visitor.type("What's my name?");
  await visitor.enough();

  assert.match(await visitor.last.locator('.reply').innerText(), /Maria/);
  assert.equal(visitor.page.url(), address);
  assert.equal((await visitor.turns(2)).length, 2);

  await visitor.page.click('#begin');
  await visitor.until(() => location.pathname === '/');
  assert.equal(await visitor.page.locator('.turn').count(), 0);
  await visitor.page.goBack();
  await visitor.until(() => document.querySelectorAll('.turn').length === 2);
  await visitor.close();
});

test('a conversation is found, named, and saved', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.type('What time is it?');
  await visitor.enough();
  await lists(visitor, 'What time is it?');
  await visitor.page.click('#begin');
  await visitor.type('I like coffee.');
  await visitor.enough();
  await lists(visitor, 'I like coffee.', 'What time is it?');

  await choose(visitor, 'Rename');
  await visitor.page.fill('#new-name', 'Drinks');
  await visitor.page.keyboard.press('Enter');
  await lists(visitor, 'Drinks', 'What time is it?');
  assert.equal(await visitor.text('#title'), 'Drinks');

  await visitor.page.fill('#search', 'time');
  await lists(visitor, 'What time is it?');
  await visitor.page.fill('#search', 'nothing like it');
  await lists(visitor);
  assert.match(await visitor.text('#no-conversations'), /nothing like it/);
  await visitor.page.fill('#search', '');
  await lists(visitor, 'Drinks', 'What time is it?');

  for (const [name, pattern] of [
    ['Save as Markdown', /^# Drinks\n[\s\S]*I like coffee\./],
    ['Save as JSON', /"title": "Drinks"[\s\S]*"transcript": "I like coffee\."/],
  ]) {
    const saving = visitor.page.waitForEvent('download');
    await choose(visitor, name);
    assert.match(await readFile(await (await saving).path(), 'utf8'), pattern);
  }
  await visitor.close();
});

test('a long list stays as long as it was shown, and where it was', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  const many = 105;
  await page.evaluate(async (many) => {
    const ask = async (at) => {
      const body = new FormData();
      body.set('text', `What is ${at} plus one?`);
      body.set('conversation_id', 'new');
      await fetch('/voice-chat?format=json&include_audio=none', { method: 'POST', body });
    };
    for (let at = 0; at < many; at += 5) await Promise.all([0, 1, 2, 3, 4].map((by) => ask(at + by)));
  }, many);
  await page.reload();
  for (const shown of [30, 60, 90]) {
    await visitor.until((shown) => document.querySelectorAll('.conversations li').length === shown, shown);
    await page.click('#more-conversations');
  }
  await visitor.until((many) => document.querySelectorAll('.conversations li').length === many, many);
  await page.evaluate(() => (document.getElementById('rail').scrollTop = 500));

  const oldest = page.locator('.conversations a').last();
  const title = await oldest.locator('span').innerText();
  await oldest.evaluate((link) => link.click());
  await visitor.until(() => document.querySelectorAll('.turn').length === 1);
  await visitor.type('What time is it?');
  await visitor.enough();

  await visitor.until((title) => document.querySelector('.conversations a span').textContent === title, title);
  assert.equal((await listed(visitor)).length, many);
  assert.equal(new Set(await listed(visitor)).size, many);
  assert.equal(await page.evaluate(() => document.getElementById('rail').scrollTop), 500);
  await visitor.close();
});

test('a deletion can be taken back, and then is one', async () => {
  const visitor = await visit(chrome, server.url, { allowed: [/404/] });
  await visitor.page.clock.install();
  await visitor.type('What can you do?');
  await visitor.until(() => location.pathname.startsWith('/c/'));
  const address = new URL(visitor.page.url()).pathname.replace('/c/', '/api/v1/conversations/');
  const status = () => visitor.page.evaluate(async (path) => (await fetch(path)).status, address);
  await lists(visitor, 'What can you do?');

  await choose(visitor, 'Delete');
  await lists(visitor);
  await visitor.page.click('text=Undo');
  await lists(visitor, 'What can you do?');
  await visitor.page.clock.fastForward(10_000);
  assert.equal(await status(), 200);

  await choose(visitor, 'Delete');
  const gone = visitor.page.waitForResponse((answer) => answer.request().method() === 'DELETE');
  await visitor.page.clock.fastForward(10_000);
  assert.equal((await gone).status(), 204);
  assert.equal(await status(), 404);
  assert.deepEqual(await listed(visitor), []);
  assert.equal(new URL(visitor.page.url()).pathname, '/');
  await visitor.close();
});

test('who leaves right after deleting has deleted', async () => {
  const visitor = await visit(chrome, server.url, { allowed: [/404/] });
  await visitor.type('What can you do?');
  await visitor.enough();
  await lists(visitor, 'What can you do?');
  const address = new URL(visitor.page.url()).pathname.replace('/c/', '/api/v1/conversations/');
  await choose(visitor, 'Delete');

  await visitor.page.goto(`${server.url}/docs`);

  await visitor.eventually(async (path) => (await fetch(path)).status === 404, address);
  await visitor.close();
});

test('somebody else’s conversation is not here', async () => {
  const owner = await visit(chrome, server.url);
  await owner.type('My name is Maria.');
  await owner.enough();
  await owner.until(() => location.pathname.startsWith('/c/'));

  const stranger = await visit(chrome, owner.page.url(), { allowed: [/404/] });
  await stranger.page.waitForSelector('#notice:not([hidden])');

  assert.match(await stranger.text('#notice'), /not here/);
  assert.equal(await stranger.page.locator('.turn').count(), 0);
  await stranger.type('What time is it?');
  await stranger.enough();
  await stranger.until((old) => location.href !== old, owner.page.url());
  assert.equal((await stranger.turns()).length, 1);
  await owner.close();
  await stranger.close();
});

test('nothing that was said is kept in the browser', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.type('My name is Maria.');
  await visitor.enough();

  const kept = await visitor.page.evaluate(async () => {
    const names = await caches.keys();
    const stored = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return {
      local: { ...localStorage },
      session: { ...sessionStorage },
      cached: stored.flat().map(({ url }) => new URL(url).pathname),
    };
  });

  assert.deepEqual(kept.session, {});
  assert.ok(Object.keys(kept.local).every((name) => name === 'repartee.settings'));
  assert.ok(!JSON.stringify(kept.local).includes('Maria'));
  assert.ok(kept.cached.every((path) => path === '/' || path.startsWith('/static/')), kept.cached);
  await visitor.close();
});
