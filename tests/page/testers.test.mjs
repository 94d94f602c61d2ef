/** The testers' page: clips, renderings, and whether this server works. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

import { Server, browser, visit, wave } from './house.mjs';

const QUESTION = 'What time is it?';

let server;
let chrome;
/** The question, after a second in which nobody speaks. */
let question;

before(async () => {
  server = await Server.start();
  chrome = await browser({ microphone: await server.microphone([0.3, QUESTION, 60]) });
  const hum = Array.from({ length: 16_000 }, (_, at) => (at % 7) - 3);
  question = file('question.wav', [...hum, ...(await server.spoken(QUESTION))]);
});

after(async () => {
  await chrome?.close();
  await server?.close();
});

/** A sound file, as one chooses it. */
function file(name, samples) {
  return { name, mimeType: 'audio/wav', buffer: wave(Int16Array.from(samples), 16_000) };
}

/** A text file, as one chooses it. */
function text(name, words) {
  return { name, mimeType: 'text/plain', buffer: Buffer.from(words) };
}

/** Opens the page. */
function tester(options) {
  return visit(chrome, `${server.url}/test`, options);
}

/** Chooses these files, and waits until each clip was heard, or refused. */
async function choose({ page }, ...files) {
  await page.setInputFiles('#files', files);
  for (const { name } of files.filter((one) => !one.name.endsWith('.txt'))) {
    await card(page, name).locator('.verdict, .state code').waitFor();
  }
}

/** The card of the clip with this name. */
function card(page, name) {
  return page.locator('.card', { has: page.getByRole('heading', { name, exact: true }) });
}

/** Chooses this rendering. */
async function rendering(page, label) {
  await page.getByRole('tab', { name: new RegExp(`^${label}( ?\\d+)?$`) }).click();
}

/** Sends what is asked in this rendering, and waits for the whole answer. */
async function send(page, label) {
  await rendering(page, label);
  await page.click('#rendering .strong');
  await page.locator('#rendering .status').waitFor();
}

/** A table's rows, as texts. */
const rows = (table) =>
  table.locator('tbody tr').evaluateAll((all) =>
    all.map((row) => [...row.cells].map((cell) => cell.textContent.trim())));

/** How long the sound in this player is, in seconds, once it can be played and is. */
async function played(audio) {
  return audio.evaluate(async (player) => {
    player.muted = true;
    await player.play();
    while (!player.currentTime) await new Promise(requestAnimationFrame);
    player.pause();
    return player.duration;
  });
}

/** A number as the page writes it. */
const number = (words) => Number(words.replace(/[^\d.]/g, ''));

test('a clip shows how good it is, what was heard, and when each word was said', async () => {
  const visitor = await tester();
  const { page } = visitor;

  await choose(visitor, question);

  const shown = card(page, 'question.wav');
  assert.equal(await shown.locator('.verdict').innerText(), 'Good');
  assert.match(await shown.locator('.state').innerText(), /Clear speech/);
  assert.equal(await shown.locator('.transcript').innerText(), QUESTION);
  const words = await shown.locator('.said li').evaluateAll((all) =>
    all.map(({ textContent, dataset }) => [textContent, Number(dataset.from), Number(dataset.until)]));
  assert.deepEqual(words.map(([word]) => word), ['what', 'time', 'is', 'it']);
  const [, begins] = words[0];
  assert.ok(begins >= 900 && begins < 1300, `the first word begins at ${begins} ms`);
  for (const [at, [word, from, until]] of words.entries()) {
    assert.ok(from < until && from >= (words[at - 1]?.[2] ?? 0), `${word}: from ${from} to ${until} ms`);
  }
  await shown.getByText('Words, with times').click();
  const listed = await rows(shown.getByRole('table', { name: 'Words' }));
  assert.deepEqual(listed.map(([word, from]) => [word, number(from)]), words.map(([word, from]) => [word, from]));
  const told = JSON.parse(await shown.locator('pre').textContent());
  assert.equal(told.success, true);
  assert.ok(Math.abs((await played(shown.locator('audio'))) - told.duration_seconds) < 0.1);
  await visitor.close();
});

test('what was heard is measured against the words that were expected', async () => {
  const visitor = await tester();
  const shown = card(visitor.page, 'question.wav');
  const rates = shown.locator('.rates');

  await choose(visitor, question, text('question.txt', 'What time was\nit now?\n'));

  // Two of five words, and six of twenty characters.
  assert.match(await rates.innerText(), /Word errors\s+40%\s+Character errors\s+30%/);
  assert.equal(await shown.getByLabel('Expected words').inputValue(), 'What time was it now?');
  const steps = await shown.locator('.diff .unseen').allInnerTexts();
  assert.deepEqual(steps, [
    'what: heard.', 'time: heard.', 'was: heard as is.', 'it: heard.', 'now: not heard.',
  ]);

  await shown.getByLabel('Expected words').fill(QUESTION);
  await shown.getByLabel('Expected words').blur();
  await rates.getByText('0%', { exact: true }).first().waitFor();
  assert.match(await rates.innerText(), /Word errors\s+0%\s+Character errors\s+0%/);
  await visitor.close();
});

test('silence, and a file that is no sound, are told as such', async () => {
  const visitor = await tester({ allowed: [/415/] });
  const { page } = visitor;

  await choose(visitor, file('silence.wav', new Int16Array(16_000)), {
    ...text('nothing.wav', 'This is no sound at all.'),
    mimeType: 'audio/wav',
  });

  const silence = card(page, 'silence.wav');
  assert.match(await silence.locator('.state').innerText(), /Unusable\s+It is silent\./);
  assert.equal(await silence.locator('.transcript').innerText(), 'No words were heard.');
  assert.match(await silence.locator('.warnings').innerText(), /not muted.*limit is −60\.0 dBFS/);
  const nothing = card(page, 'nothing.wav');
  assert.match(await nothing.locator('.state').innerText(), /^Refused \(415\)\. .*\w{4}.* unsupported_audio$/);
  assert.equal(await nothing.locator('.verdict, audio').count(), 0);
  await visitor.close();
});

test('many clips are a table, are saved together, and removed together', async () => {
  const visitor = await tester();
  const { page } = visitor;
  const morning = file('morning.wav', await server.spoken('Good morning.'));
  const silence = file('silence.wav', new Int16Array(16_000));

  await choose(visitor, text('morning.txt', 'good evening'), question, morning, silence);

  const table = page.getByRole('table', { name: 'Overview' });
  await table.getByText('50%').waitFor();
  const listed = (await rows(table)).sort();
  assert.deepEqual(listed.map(([name, verdict]) => [name, verdict]), [
    ['morning.wav', 'Good'], ['question.wav', 'Good'], ['silence.wav', 'Unusable'],
  ]);
  assert.deepEqual(listed.map(([, , , heard, errors]) => [heard, errors]), [
    ['Good morning.', '50%'], [QUESTION, '—'], ['—', '—'],
  ]);
  assert.equal(number(listed[2][2]), 1);
  assert.match(await visitor.text('#overview-total'), /^50% word errors over 2 expected words/);

  const saving = page.waitForEvent('download');
  await page.click('#save-reports');
  const reports = JSON.parse(await readFile(await (await saving).path(), 'utf8'));
  const saved = reports.map(({ name, report }) => [name, report.transcript]).sort();
  assert.deepEqual(saved, listed.map(([name, , , heard]) => [name, heard.replace('—', '')]));
  await page.click('#clear');
  assert.equal(await page.locator('.card').count(), 0);
  assert.ok(!(await page.isVisible('#overview')));
  await visitor.close();
});

test('a recording by microphone is a clip, and the microphone is closed again', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await page.evaluate(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      [window.track] = stream.getTracks();
      return stream;
    };
  });
  const state = () => page.evaluate(() => window.track.readyState);

  await page.click('#record');
  await visitor.until(() => document.getElementById('record-word').textContent === 'Stop 0:02');
  assert.equal(await state(), 'live');
  await page.click('#record');

  await page.locator('.card .transcript').waitFor();
  assert.equal(await state(), 'ended');
  assert.equal(await visitor.text('#record-word'), 'Record');
  assert.match(await visitor.text('.card h3'), /^recording-1\.webm$/);
  assert.match(await visitor.text('.card .transcript'), /^\w+ .*[.?]$/);
  assert.ok((await played(page.locator('.card audio'))) > 1);

  await page.click('#record');
  await visitor.until(() => document.getElementById('record').matches('.listening'));
  await page.keyboard.press('Escape');
  await page.getByText('Discarded.').waitFor();
  assert.equal(await state(), 'ended');
  assert.equal(await page.locator('.card').count(), 1);
  await visitor.close();
});

test('every rendering shows how it came, and can be heard', async () => {
  const visitor = await tester();
  const { page } = visitor;
  const kinds = {
    mp3: /^audio\/mpeg/,
    'mp3 stream=1': /^audio\/mpeg/,
    wav: /^audio\/wav/,
    ogg: /^audio\/ogg/,
    pcm: /^audio\/pcm; ?rate=16000/,
    json: /^application\/json/,
    events: /^text\/event-stream/,
  };
  const length = {};

  await page.click('#send-all');
  await visitor.until(() =>
    [...document.querySelectorAll('#rendering-tabs small')].every((mark) => mark.textContent === '200'));

  for (const [label, kind] of Object.entries(kinds)) {
    await rendering(page, label);
    assert.equal(await visitor.text('.status'), 'HTTP/1.1 200 OK', label);
    const headers = await rows(page.getByRole('table', { name: 'Headers of the answer' }));
    const sent = new Map(headers.map(([name, value, decoded]) => [name, { value, decoded }]));
    assert.match(sent.get('content-type').value, kind, label);
    assert.match(sent.get('x-request-id').value, /^[\da-f-]{36}$/, label);
    // A reply is in the headers of those that wait for it.
    const whole = !['mp3 stream=1', 'events'].includes(label);
    assert.equal(sent.get('x-ai-response')?.decoded.length > 4, whole, label);
    const times = await page.locator('#rendering .facts').innerText();
    assert.match(times, /Time to headers\s+[\d.]+ ms[\s\S]*Time in all\s+[\d.]+ ms/, label);
    length[label] = await played(page.locator('#rendering audio'));
    assert.ok(length[label] > 1 && Number.isFinite(length[label]), `${label}: ${length[label]} s`);
  }

  await rendering(page, 'json');
  const object = JSON.parse(await page.getByLabel('Body of the answer').textContent());
  assert.equal(object.status, 'finished');
  assert.ok(Math.abs(length.json - object.audio.duration_ms / 1000) < 0.2, `${length.json} s`);

  for (const sound of ['wav', 'ogg', 'pcm']) {
    await page.selectOption('#ask-sound', sound);
    await send(page, 'events');
    assert.match(await page.locator('#rendering .facts').innerText(), new RegExp(`audio/${sound}`));
    assert.ok((await played(page.locator('#rendering audio'))) > 1, sound);
  }
  await visitor.close();
});

test('words that no header can carry are shown as they were sent, and as they were meant', async () => {
  const visitor = await tester();
  const { page } = visitor;
  const words = 'Grüße, wie spät ist es?';

  await page.fill('#ask-text', words);
  await send(page, 'mp3');

  const headers = await rows(page.getByRole('table', { name: 'Headers of the answer' }));
  const transcript = headers.find(([name]) => name === 'x-transcript');
  assert.deepEqual(transcript, ['x-transcript', encodeURIComponent(words), words]);
  const how = headers.find(([name]) => name === 'x-text-encoding');
  assert.equal(how[1], 'percent-utf8');
  await visitor.close();
});

test('events are logged one by one, each with the time of its arrival', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await choose(visitor, question);
  await card(page, 'question.wav').getByText('Send as a turn').click();

  await send(page, 'events');

  const log = await rows(page.getByRole('table', { name: 'Events' }));
  const names = log.map(([, name]) => name).filter((name) => name !== 'comment');
  const order = names.filter((name, at) => names.indexOf(name) === at);
  assert.deepEqual(order, ['started', 'heard', 'reply', 'speech', 'finished']);
  const times = log.map(([time]) => number(time));
  assert.ok(times.every((time, at) => time >= (times[at - 1] ?? 0)), times.join(' '));
  assert.ok(times.at(-1) > times[0], times.join(' '));
  const heard = log.find(([, name]) => name === 'heard');
  assert.equal(JSON.parse(heard[2]).transcript, QUESTION);
  await visitor.close();
});

/** Copies the curl line of this rendering and runs it where this clip is. */
async function curl(page, label, folder) {
  await rendering(page, label);
  await page.locator('#rendering .line button').click();
  await page.locator('#rendering .line').getByText('Copied').waitFor();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  const { stdout } = await promisify(execFile)('sh', ['-c', line], { cwd: folder });
  return stdout;
}

/** A folder of its own, while this test runs. */
async function ownFolder(context) {
  const folder = await mkdtemp(join(tmpdir(), 'repartee-curl-'));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

test('the curl line works in a shell', async (context) => {
  const visitor = await tester({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  const folder = await ownFolder(context);
  await writeFile(join(folder, question.name), question.buffer);

  await page.fill('#ask-text', "What's twelve times seven?");
  const headers = await curl(page, 'mp3', folder);
  assert.match(headers, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(headers, /^x-transcript: What's twelve times seven\?\r$/im);
  const form = new FormData();
  form.set('audio', new Blob([await readFile(join(folder, 'answer.mp3'))]), 'answer.mp3');
  const answer = await server.json('/test-transcript', { method: 'POST', body: form });
  assert.match(answer.audio.container, /mp/i);
  assert.ok(answer.speech_seconds > 1, `${answer.speech_seconds} s of speech`);

  await choose(visitor, question);
  await card(page, question.name).getByText('Send as a turn').click();
  const events = await curl(page, 'events', folder);
  assert.match(events, /^event: started\n[\s\S]*\nevent: finished\n/);
  assert.match(events, /^event: heard\ndata: .*"transcript":"What time is it\?"/m);
  await visitor.close();
});

test('the curl line finds a clip whatever it is called', async (context) => {
  const visitor = await tester({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = visitor;
  const folder = await ownFolder(context);
  const name = "that's a clip, or not; so.wav";
  await writeFile(join(folder, name), question.buffer);

  await choose(visitor, { ...question, name });
  await card(page, name).getByText('Send as a turn').click();

  assert.equal(JSON.parse(await curl(page, 'json', folder)).transcript, QUESTION);
  await visitor.close();
});

test('all self-checks pass where everything is there', async () => {
  const visitor = await tester();

  await visitor.page.click('#run-checks');
  await visitor.page.locator('#copy-checks').waitFor();

  const list = await visitor.text('#check-list');
  assert.equal(await visitor.text('#checks-total'), '8 of 8 passed', list);
  assert.equal(list.match(/Passed/g).length, 8);
  assert.match(list, /No key is needed: .*embedded/);
  assert.match(list, /Of its own voice it heard: “What time is it\?”/);
  assert.match(list, /recorded as WebM\/Opus/i);
  assert.match(list, /played to its end/);
  await visitor.close();
});

test('without a microphone the self-checks say how to get one, and go on', async (context) => {
  const deaf = await browser();
  context.after(() => deaf.close());
  const visitor = await visit(deaf, `${server.url}/test`);

  await visitor.page.click('#run-checks');
  await visitor.page.locator('#copy-checks').waitFor();

  assert.equal(
    await visitor.text('#checks-total'),
    '6 of 8 passed · 1 failed · 1 cannot be checked here',
  );
  const checks = await visitor.page.locator('#check-list > li').allInnerTexts();
  const [microphone, recording] = ['gives access to the microphone', 'Recording works'].map((name) =>
    checks.find((check) => check.includes(name)));
  assert.match(microphone, /Failed[\s\S]*blocked for this page[\s\S]*Fix: Allow the microphone for this page/);
  assert.match(recording, /Cannot be checked here[\s\S]*Without a microphone/);
  await visitor.close();
});

test('on the smallest phone nothing has to be moved sideways', async () => {
  const visitor = await tester({
    viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true, allowed: [/415/],
  });
  const { page } = visitor;
  const fits = async (where) => {
    const wide = await page.evaluate(() => {
      const scrolls = (one) => one && (getComputedStyle(one).overflowX !== 'visible' || scrolls(one.parentElement));
      return [...document.querySelectorAll('body *')]
        .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > 321)
        .filter((one) => !scrolls(one.parentElement))
        .map((one) => `${one.localName}.${one.className} ${one.textContent.slice(0, 40)}`);
    });
    const width = await page.evaluate(() => document.scrollingElement.scrollWidth);
    assert.deepEqual(wide, [], where);
    assert.equal(width, 320, where);
  };

  const long = `${'a-name-without-a-space-'.repeat(5)}.wav`;
  await choose(
    visitor,
    { ...question, name: long },
    text(long.replace('.wav', '.txt'), 'what time is it on such a remarkably small telephone'),
    { ...text('nothing.wav', 'This is no sound at all.'), mimeType: 'audio/wav' },
  );
  await page.locator('.rates').waitFor();
  for (const more of await page.locator('.card summary').all()) await more.click();
  await fits('clips');
  await page.fill('#ask-text', 'Grüße, wie spät ist es?');
  for (const label of ['mp3', 'json', 'events']) {
    await send(page, label);
    await fits(label);
  }
  await visitor.close();
});
