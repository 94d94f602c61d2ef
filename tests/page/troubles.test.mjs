/** What can go wrong, and the ways out. */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';

import { Server, alike, browser, provider, together, visit } from './house.mjs';

const { server, chrome } = await together({ microphone: [0.3, 'What time is it?', 60] });

/** What browsers say of a server that is not there. */
const AWAY = [/ERR_(CONNECTION|INCOMPLETE|INTERNET|EMPTY|FAILED|NETWORK)/, /Failed to load resource/];

test('a microphone that is not allowed says how to allow it, and typing works', async (context) => {
  const deaf = await browser();
  context.after(() => deaf.close());
  const visitor = await visit(deaf, server.url);

  await visitor.press();
  await visitor.state('blocked');

  assert.match(await visitor.text('#notice'), /blocked for this page/);
  assert.equal(await visitor.text('#state'), 'Type instead');
  assert.equal(await visitor.page.evaluate(() => document.activeElement.id), 'text');
  await visitor.page.keyboard.type('What time is it?');
  await visitor.page.keyboard.press('Enter');
  await visitor.answered();
  await visitor.close();
});

test('no microphone at all is told as such', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException('none', 'NotFoundError'));
  });

  await visitor.press();
  await visitor.state('blocked');

  assert.match(await visitor.text('#notice'), /No microphone was found/);
  await visitor.close();
});

test('by http from elsewhere the page says what browsers want, and typing works', async () => {
  const visitor = await visit(chrome, server.url);
  await visitor.page.evaluate(() => {
    Object.defineProperty(window, 'isSecureContext', { value: false });
  });

  await visitor.press();
  await visitor.state('blocked');

  const notice = await visitor.text('#notice');
  assert.match(notice, /only over https or on localhost/);
  assert.ok(notice.includes(server.url));
  await visitor.type('What time is it?');
  await visitor.enough();
  await visitor.close();
});

test('who says nothing is told how loud it was, and what to check', async (context) => {
  const quiet = await browser({ microphone: await server.microphone([60]) });
  context.after(() => quiet.close());
  const visitor = await visit(quiet, server.url, { allowed: [/422/] });

  await visitor.say(1);
  await visitor.page.waitForSelector('.trouble');

  assert.match(await visitor.text('.trouble'), /didn’t hear a voice/);
  await visitor.state('idle');
  await visitor.page.click('.trouble >> text=Check the microphone');
  assert.ok(await visitor.page.isVisible('#doctor'));
  await visitor.close();
});

test('a server that dies while it answers loses nothing: what was said is sent again', async (context) => {
  const mortal = await Server.start();
  context.after(() => mortal.close());
  const visitor = await visit(chrome, mortal.url, { allowed: AWAY });
  await visitor.page.route('**/voice-chat*', async (route) => {
    await mortal.kill();
    await route.continue();
  }, { times: 1 });

  await visitor.say(1);
  await visitor.state('offline');
  assert.match(await visitor.text('.trouble'), /What you said is kept/);

  await mortal.again();
  await visitor.state('idle');
  await visitor.page.click('.trouble >> text=Try again');
  await visitor.answered();
  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  assert.equal(await visitor.page.locator('.trouble').count(), 0);
  await visitor.close();
});

test('an answer that breaks off is told as such, and asked for again is the same turn', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  const keys = [];
  await visitor.page.route('**/voice-chat*', async (route) => {
    keys.push(route.request().headers()['idempotency-key']);
    if (keys.length > 1) return route.continue();
    const body = 'event: started\ndata: {"turn_id":"a","conversation_id":"b","seq":0}\n\n';
    return route.fulfill({ contentType: 'text/event-stream', body });
  });

  await visitor.say(1);
  await visitor.page.waitForSelector('.trouble');
  assert.match(await visitor.text('.trouble'), /connection broke before the answer/);
  await visitor.page.click('.trouble >> text=Try again');
  await visitor.answered();

  assert.equal(keys[0], keys[1]);
  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  await visitor.close();
});

test('what was not answered survives the page, until it is answered or discarded', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  await visitor.page.route('**/voice-chat*', (route) => route.abort(), { times: 1 });
  await visitor.say(1);
  await visitor.page.waitForSelector('.trouble');

  await visitor.page.reload();
  await visitor.page.waitForSelector('.trouble');
  assert.match(await visitor.text('.trouble'), /from before/);
  await visitor.page.click('.trouble >> text=Discard');
  await visitor.page.waitForSelector('.trouble', { state: 'detached' });

  await visitor.page.reload();
  await visitor.until(() => document.getElementById('pill').textContent.length > 3);
  assert.equal(await visitor.page.locator('.turn').count(), 0);
  await visitor.close();
});

test('each recording that was not answered has its own ways out', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  await visitor.page.route('**/voice-chat*', (route) => route.fulfill({ status: 503, body: '{}' }));
  await visitor.say(1);
  await visitor.until(() => document.querySelectorAll('.trouble').length === 1);
  await visitor.type('What can you do?');
  await visitor.until(() => document.querySelectorAll('.trouble').length === 2);
  await visitor.page.unroute('**/voice-chat*');

  await visitor.page.locator('.trouble').first().locator('text=Try again').click();
  await visitor.state('speaking');
  await visitor.page.keyboard.press('Escape');
  await visitor.state('idle');

  assert.ok(alike(await visitor.page.locator('.said').first().innerText(), 'What time is it?') > 0.5);
  assert.equal(await visitor.page.locator('.trouble').count(), 1);
  await visitor.page.click('.trouble >> text=Discard');
  await visitor.state('idle');
  assert.equal(await visitor.page.locator('.turn').count(), 1);
  await visitor.close();
});

test('a question that is left for another conversation is answered in its own', async () => {
  const visitor = await visit(chrome, server.url);
  let go = () => {};
  await visitor.page.route('**/voice-chat*', async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });
  await visitor.say(1);
  await visitor.state('hearing');
  await visitor.page.click('#begin');
  await visitor.state('idle');

  go();
  await visitor.page.waitForSelector('.conversations a');

  assert.equal(new URL(visitor.page.url()).pathname, '/');
  assert.equal(await visitor.page.locator('.turn').count(), 0);
  await visitor.state('idle');
  assert.equal((await visitor.sounded()).samples.length, 0);
  await visitor.close();
});

test('a budget that is used up is told in plain words', async () => {
  const visitor = await visit(chrome, server.url, { allowed: [/402/] });
  await visitor.page.route('**/voice-chat*', (route) =>
    route.fulfill({
      status: 402,
      contentType: 'application/problem+json',
      body: JSON.stringify({ error: 'x', code: 'budget_reached', title: 'x', status: 402 }),
    }));

  await visitor.type('What time is it?');
  await visitor.page.waitForSelector('.trouble');

  assert.match(await visitor.text('.trouble'), /budget for this server is used up/);
  await visitor.close();
});

test('where nobody answers, this computer does for now, and the models are asked again when wanted', async (context) => {
  const gone = await Server.start({
    OPENAI_API_KEY: 'sk-nobody',
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    // Nobody is there to tell which models there are.
    HEARING_MODEL: 'ears',
    THINKING_MODEL: 'mind',
    SPEAKING_MODEL: 'mouth',
    DAILY_BUDGET_USD: 'unlimited',
    OWNER_BUDGET_USD: 'unlimited',
  });
  context.after(() => gone.close());
  const visitor = await visit(chrome, gone.url, { allowed: AWAY });
  const { page } = visitor;

  await visitor.say(2);
  await page.waitForSelector('.trouble');
  assert.match(await visitor.text('.trouble'), /on this computer instead/);
  await page.click('.trouble >> text=Use this computer for now');
  await visitor.answered();

  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  assert.match(await visitor.text('#pill'), /On this computer/);
  assert.equal(await page.locator('.turn').count(), 1);
  await visitor.type('What did I say?');
  await visitor.answered();
  assert.match(await visitor.last.locator('.reply').innerText(), /time/i);

  await page.click('#open-engines');
  await page.click('#engines >> text=Ask the models again');
  assert.doesNotMatch(await visitor.text('#pill'), /On this computer/);
  await visitor.type('What time is it?');
  await page.waitForSelector('.trouble');
  await visitor.close();
});

test('where keys are asked for, the page leads to the login, and on from there', async (context) => {
  const locked = await Server.start({ ACCESS: 'keys' });
  context.after(() => locked.close());
  const visitor = await visit(chrome, locked.url, { allowed: [/401/] });
  const { page } = visitor;
  const token = await readFile(join(locked.folder, 'admin.token'), 'utf8');

  await page.click('#notice >> text=Log in');
  await page.fill('#token', 'wrong');
  await page.keyboard.press('Enter');
  assert.match(await visitor.text('[role=alert]'), /no such token/);
  await page.fill('#token', token.trim());
  await page.keyboard.press('Enter');

  await page.waitForSelector('#talk');
  await visitor.type('What time is it?');
  await visitor.answered();
  assert.equal(await page.isVisible('#notice'), false);
  await visitor.close();
});

test('a server that dies in the middle of an answer loses nothing', async (context) => {
  const models = await provider('--per-token-ms', '150', '--reply', 'One two three four five six. '.repeat(9));
  context.after(() => models.close());
  const mortal = await Server.start(models.settings);
  context.after(() => mortal.close());
  const visitor = await visit(chrome, mortal.url, { allowed: AWAY });
  const { page } = visitor;

  await visitor.say(2);
  await visitor.until(() => document.querySelector('.reply')?.textContent.length > 10);
  await mortal.kill();
  await page.waitForSelector('.trouble');
  assert.match(await visitor.text('.trouble'), /connection broke.*kept/s);

  await mortal.again();
  await page.click('.trouble >> text=Try again');
  await visitor.until(() => document.querySelector('.reply')?.textContent.length > 10);
  await visitor.enough();
  assert.equal(await page.locator('.turn').count(), 1);
  await visitor.close();
});

test('a conversation that is opened while the server is away comes when it is back', async (context) => {
  const mortal = await Server.start();
  context.after(() => mortal.close());
  const visitor = await visit(chrome, mortal.url, { allowed: AWAY });
  const { page } = visitor;
  await visitor.type('I like coffee.');
  await visitor.answered();
  const address = page.url();
  await page.click('#begin');
  await visitor.state('idle');

  await mortal.kill();
  await page.click('.conversations a');
  await visitor.state('offline');
  await mortal.again();

  await visitor.until(() => document.querySelector('.said')?.textContent === 'I like coffee.');
  assert.equal(page.url(), address);
  await visitor.close();
});

test('what was kept and is sent from the beginning is shown once', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  const { page } = visitor;
  await visitor.type('I like coffee.');
  await visitor.answered();
  await page.route('**/voice-chat*', (route) => route.abort());
  await visitor.say(2);
  await page.waitForSelector('.trouble');
  await page.unroute('**/voice-chat*');
  await page.goto(server.url);
  await page.waitForSelector('.trouble');

  await page.click('.trouble >> text=Try again');

  await visitor.answered();
  assert.equal(await page.locator('.turn').count(), 2);
  assert.equal(await page.locator('.trouble').count(), 0);
  await visitor.close();
});

test('an answer whose sound is gone is told as such', async () => {
  const visitor = await visit(chrome, server.url, { allowed: [/404/] });
  const { page } = visitor;
  await visitor.type('What time is it?');
  await visitor.answered();
  await page.reload();
  await page.route('**/audio', (route) => route.fulfill({ status: 404 }));

  await page.click('.it .player');

  await page.waitForSelector('.trouble');
  assert.match(await visitor.text('.trouble'), /sound of this answer was not kept/);
  await visitor.state('idle');
  await visitor.close();
});

test('without a network the page still opens, and says so', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  await visitor.page.evaluate(() => navigator.serviceWorker.ready);
  await visitor.eventually(async () => (await (await caches.open('shell')).keys()).length > 10);

  await visitor.page.context().setOffline(true);
  await visitor.page.reload();
  await visitor.state('offline');
  assert.equal(await visitor.text('#state'), 'Server not reachable, trying again');

  await visitor.page.context().setOffline(false);
  await visitor.state('idle');
  await visitor.close();
});

test('what has come of an answer that breaks off is heard, and shown as sounding', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  const { page } = visitor;
  await page.route('**/voice-chat*', async (route) => {
    const answer = await route.fetch();
    const events = (await answer.text()).split('\n\n');
    const half = events.slice(0, events.findIndex((event) => /"sentence":1/.test(event)));
    await route.fulfill({ contentType: 'text/event-stream', body: `${half.join('\n\n')}\n\n` });
  });

  await visitor.type('Tell me something interesting.');
  await page.waitForSelector('.trouble');

  await visitor.state('speaking');
  await visitor.state('idle');
  const { rate, samples } = await visitor.sounded();
  assert.ok(samples.length / rate > 0.5, 'nothing was heard');
  await visitor.close();
});

test('the button listens, whatever waits to be sent again', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  await visitor.page.route('**/voice-chat*', (route) => route.fulfill({ status: 503, body: '{}' }), { times: 1 });
  await visitor.say(1);
  await visitor.page.waitForSelector('.trouble');
  await visitor.state('idle');

  await visitor.say(3);

  await visitor.enough();
  assert.ok(alike(await visitor.last.locator('.said').innerText(), 'What time is it?') > 0.5);
  assert.equal(await visitor.page.locator('.trouble >> text=Try again').count(), 1);
  await visitor.close();
});

test('who uses the same browser does not see what others have said in vain', async () => {
  const visitor = await visit(chrome, server.url, { allowed: AWAY });
  const { page } = visitor;
  await page.route('**/voice-chat*', (route) => route.abort(), { times: 1 });
  await visitor.say(1);
  await page.waitForSelector('.trouble');
  const cookies = await page.context().cookies();

  await page.context().clearCookies();
  await page.reload();
  await visitor.type('What time is it?');
  await visitor.enough();
  assert.equal(await page.locator('.turn').count(), 1);
  assert.equal(await page.locator('.trouble').count(), 0);

  await page.context().addCookies(cookies);
  await page.goto(server.url);
  await page.waitForSelector('.trouble');
  await visitor.close();
});

test('what was said before one logged in is still one’s own afterwards', async (context) => {
  const locked = await Server.start({ ACCESS: 'keys' });
  context.after(() => locked.close());
  const visitor = await visit(chrome, locked.url, { allowed: [/401/] });
  const { page } = visitor;
  await visitor.say(3);
  await page.click('.trouble >> text=Log in');
  await page.fill('#token', (await readFile(join(locked.folder, 'admin.token'), 'utf8')).trim());
  await page.keyboard.press('Enter');

  await page.click('.trouble >> text=Try again');
  await visitor.answered();

  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  await visitor.close();
});

test('the page names who answers: offline at once, and the model as soon as one does', async (context) => {
  const models = await provider();
  context.after(() => models.close());
  const mortal = await Server.start();
  context.after(() => mortal.close());
  const visitor = await visit(chrome, mortal.url, { allowed: AWAY });
  const pill = (words) => visitor.until((words) => document.getElementById('pill').textContent.includes(words), words);
  await pill('no model');

  await mortal.kill();
  await visitor.type('What time is it?');
  await visitor.state('offline');
  assert.equal(await visitor.text('#pill'), 'Offline');
  mortal.settings = models.settings;
  await mortal.again();
  await visitor.state('idle');
  await pill('gpt');
  await visitor.page.click('#open-engines');
  assert.doesNotMatch(await visitor.text('#engines-body'), /Nothing leaves/);
  await visitor.page.keyboard.press('Escape');

  // Begun anew while nothing was asked of it, it is known before anything is said to it,
  await mortal.kill();
  mortal.settings = {};
  await mortal.again();
  await visitor.page.click('#begin');
  await visitor.press();
  await visitor.state('listening');
  await pill('no model');
  await visitor.page.keyboard.press('Escape');

  // and whoever answers is named, whatever it has said of itself.
  await visitor.page.route('**/voice-chat*', async (route) => {
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll('embedded/repertoire', 'openai/another');
    await visitor.page.route('**/api/v1/capabilities', async (asked) => {
      const able = await (await asked.fetch()).json();
      able.engines.thinking = 'openai/another';
      await asked.fulfill({ json: able });
    });
    await route.fulfill({ contentType: 'text/event-stream', body });
  });
  await visitor.type('What time is it?');
  await pill('another');
  await visitor.close();
});
