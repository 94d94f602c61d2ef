/** The testers' page: clips, renderings, and whether this server works. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

import { LONGEST_MS, Server, browser, together, visit, wave } from './house.mjs';

const QUESTION = 'What time is it?';
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A file that no server can hear. */
const NOTHING = { ...text('nothing.wav', 'This is no sound at all.'), mimeType: 'audio/wav' };

const { server, chrome } = await together({ microphone: [0.3, QUESTION, 60] });

const hum = Array.from({ length: 16_000 }, (_, at) => (at % 7) - 3);
/** The question, after a second in which nobody speaks. */
const question = file('question.wav', [...hum, ...(await server.spoken(QUESTION))]);

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
  for (const { name } of files.filter((one) => !one.name.endsWith('.txt'))) await done(page, name);
}

/** Waits until the clip with this name was heard, or refused. */
function done(page, name) {
  return card(page, name).locator('.verdict, .state code').waitFor();
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
const number = (words) => Number(/[\d,.]*\d/.exec(words)[0].replaceAll(',', ''));

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
  const told = JSON.parse(await shown.locator('pre').textContent());
  assert.equal(told.success, true);
  await shown.getByText('Words, with times').click();
  const listed = await rows(shown.getByRole('table', { name: 'Words' }));
  assert.deepEqual(listed.map(([word, from]) => [word, number(from)]), words.map(([word, from]) => [word, from]));
  assert.ok(Math.abs((await played(shown.locator('audio'))) - told.duration_seconds) < 0.1);
  await visitor.close();
});

test('the hearing report has every measure, and can be read as the server sent it', async () => {
  const visitor = await tester();
  await choose(visitor, question);
  const shown = card(visitor.page, 'question.wav');

  await shown.getByText('Hearing report').click();

  const told = JSON.parse(await shown.locator('pre').textContent());
  const facts = new Map(await shown.locator('.facts > div').evaluateAll((all) =>
    all.map(({ children: [name, value] }) => [name.innerText, value.innerText])));
  assert.equal(facts.get('A voice turn would accept it'), 'yes');
  assert.equal(facts.get('Container'), told.audio.container);
  assert.equal(facts.get('Codec'), told.audio.codec);
  assert.equal(facts.get('Sample rate'), '16,000 Hz');
  assert.equal(facts.get('Channels'), '1');
  assert.equal(facts.get('Loudness'), `${told.audio.loudness_dbfs.toFixed(1).replace('-', '−')} dBFS`);
  assert.equal(facts.get('Language'), 'English');
  assert.equal(facts.get('Engine'), told.engine);
  for (const [name, amount] of [
    ['Length', told.duration_seconds],
    ['Speech in it', told.speech_seconds],
    ['Speech above noise', told.audio.snr_db],
    ['Time to understand', told.timings_ms.hearing],
  ]) {
    assert.ok(Math.abs(number(facts.get(name)) - amount) < 0.06, `${name}: ${facts.get(name)}, not ${amount}`);
  }
  await shown.getByText('As the server sent it').click();
  assert.ok(await shown.locator('pre').isVisible());
  assert.match(told.heard.base64, /^… [\d.]+ kB of sound$/);
  assert.ok(Math.abs(number(told.heard.base64) - 32 * told.duration_seconds) < 0.2, told.heard.base64);
  await visitor.close();
});

test('the picture shades speech, and has the words under it where they were said', async () => {
  const visitor = await tester();
  await choose(visitor, question);
  const shown = card(visitor.page, 'question.wav');
  const told = JSON.parse(await shown.locator('pre').textContent());

  const { wide, regions, bars, words } = await shown.evaluate((card) => {
    const { left, width } = card.querySelector('.picture').getBoundingClientRect();
    const spot = (one) => {
      const box = one.getBoundingClientRect();
      return { from: box.left - left, until: box.right - left };
    };
    const path = card.querySelector('.bars path').getAttribute('d');
    return {
      wide: width,
      regions: [...card.querySelectorAll('.region')].map(spot),
      bars: [...path.matchAll(/M([\d.]+) [\d.]+v([\d.]+)/g)].map(([, at, tall]) => ({ at: +at, tall: +tall })),
      words: [...card.querySelectorAll('.said li')].map((word) => ({ ...word.dataset, ...spot(word) })),
    };
  });

  const place = (seconds) => (seconds / told.duration_seconds) * wide;
  assert.ok(told.speech_regions.length > 0);
  assert.equal(regions.length, told.speech_regions.length);
  for (const [at, [from, until]] of told.speech_regions.entries()) {
    assert.ok(Math.abs(regions[at].from - place(from)) < 1, `shaded from ${regions[at].from}, not ${place(from)}`);
    assert.ok(Math.abs(regions[at].until - place(until)) < 1, `shaded to ${regions[at].until}, not ${place(until)}`);
  }
  const [{ from, until }] = regions;
  const tallest = (some) => Math.max(...some.map(({ tall }) => tall));
  assert.ok(bars.length > 50, `${bars.length} bars`);
  assert.ok(tallest(bars.filter(({ at }) => at > from && at < until)) > 20, 'speech is flat');
  assert.ok(tallest(bars.filter(({ at }) => at < place(0.8))) < 2, 'quiet is tall');
  assert.equal(words.length, 4);
  for (const [at, word] of words.entries()) {
    assert.ok(word.from >= 0 && word.until <= wide + 0.5, 'a word is not under the picture');
    assert.ok(word.from > (words[at - 1]?.from ?? -1), 'words are not in the order of their times');
  }
  const [first] = told.words;
  const middle = place((first.start_ms + first.end_ms) / 2000);
  assert.ok(Math.abs((words[0].from + words[0].until) / 2 - middle) < 1.5, 'the first word is elsewhere');
  await visitor.close();
});

test('a tap on the picture goes there, and the word that sounds is marked', async () => {
  const visitor = await tester({ hasTouch: true });
  await choose(visitor, question);
  const shown = card(visitor.page, 'question.wav');
  const { words, duration_seconds: length } = JSON.parse(await shown.locator('pre').textContent());
  const audio = shown.locator('audio');
  await visitor.until(() => document.querySelector('.card audio').readyState > 0);
  const middle = (words[2].start_ms + words[2].end_ms) / 2000;

  const picture = shown.locator('.picture');
  const { width } = await picture.boundingBox();
  await picture.tap({ position: { x: (middle / length) * width, y: 40 } });

  const marked = (word) => [...document.querySelectorAll('.said .now')].map((one) => one.textContent).join() === word;
  await visitor.until(marked, words[2].word);
  assert.ok(Math.abs((await audio.evaluate(({ currentTime }) => currentTime)) - middle) < 0.03);
  await audio.evaluate((player) => {
    player.muted = true;
    player.playbackRate = 0.25;
    return player.play();
  });
  await visitor.until(marked, words[3].word);
  await visitor.close();
});

test('the picture follows what sounds until someone scrolls it', async () => {
  const visitor = await tester({ viewport: { width: 320, height: 700 }, hasTouch: true });
  const { page } = visitor;
  await choose(visitor, file('long.wav', Array.from({ length: 20 * 16_000 }, (_, at) => 3 * (at % 7) - 9)));
  const place = () => page.evaluate(() => {
    const { scrollLeft } = document.querySelector('.waveform');
    return { scrollLeft, time: document.querySelector('.card audio').currentTime };
  });
  await visitor.until(() => document.querySelector('.card audio').readyState > 0);
  await page.locator('.picture').scrollIntoViewIfNeeded();

  // However often it is sought, it is drawn once in a frame.
  const most = await page.evaluate(async () => {
    const player = document.querySelector('.card audio');
    const ask = window.requestAnimationFrame.bind(window);
    const drawn = new Map();
    window.requestAnimationFrame = (step) => ask((time) => {
      drawn.set(time, (drawn.get(time) ?? 0) + 1);
      step(time);
    });
    player.muted = true;
    await player.play();
    for (const seconds of [1, 2, 3, 4]) {
      const sought = new Promise((resolve) => player.addEventListener('seeked', resolve, { once: true }));
      player.currentTime = seconds;
      await sought;
    }
    for (let frames = 0; frames < 4; frames += 1) await new Promise(ask);
    return Math.max(...drawn.values());
  });
  assert.equal(most, 1);
  await visitor.until(() => document.querySelector('.waveform').scrollLeft > 100);

  const box = await page.locator('.picture').boundingBox();
  await page.mouse.move(160, box.y + 40);
  // As with hands: a turn of the wheel that comes while a frame is drawn may be lost.
  for (let turns = 0; turns < 20 && (await place()).scrollLeft > 0; turns += 1) await page.mouse.wheel(-500, 0);
  await visitor.until(() => document.querySelector('.waveform').scrollLeft === 0);
  const { time } = await place();
  await visitor.until((time) => document.querySelector('.card audio').currentTime > time, time + 0.3);
  assert.equal((await place()).scrollLeft, 0);

  await page.locator('.card audio').evaluate((player) => player.pause());
  const before = await place();
  const finger = await page.context().newCDPSession(page);
  for (const x of [200, 180, 140, 100, 60]) {
    const type = x === 200 ? 'touchStart' : 'touchMove';
    await finger.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x, y: box.y + 40 }] });
  }
  await finger.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await visitor.until(() => document.querySelector('.waveform').scrollLeft > 50);
  const after = await place();
  assert.equal(after.time, before.time);
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

/** Holds back what clips are heard by: gives one request after the other, as they come. */
async function gate(page) {
  const [come, wanted] = [[], []];
  await page.route('**/test-transcript', (route) => {
    const take = wanted.shift();
    if (take) take(route);
    else come.push(route);
  });
  return async () => come.shift() ?? new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('no clip was sent')), LONGEST_MS);
    wanted.push((route) => {
      clearTimeout(late);
      resolve(route);
    });
  });
}

/** What a server says that has no time just now. */
const later = (seconds) => ({
  status: 429,
  contentType: 'application/problem+json',
  headers: { 'Retry-After': String(seconds) },
  body: JSON.stringify({
    code: 'rate_limited', title: 'Too many requests', status: 429, retryable: true, retry_after_seconds: seconds,
  }),
});

test('an answer that comes late does not take the place of a later one', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await choose(visitor, question);
  const shown = card(page, 'question.wav');
  const expect = async (words) => {
    await shown.getByLabel('Expected words').fill(words);
    await shown.getByLabel('Expected words').blur();
  };
  const next = await gate(page);

  await expect('something else');
  const early = await next();
  const answer = await early.fetch();
  await expect(QUESTION);
  await (await next()).continue();
  await shown.locator('.rates').getByText('0%', { exact: true }).first().waitFor();
  await early.fulfill({ response: answer }).catch(() => {});

  assert.ok(early.request().failure(), 'nobody wants the earlier answer any more');
  assert.match(await shown.locator('.rates').innerText(), /Word errors\s+0%/);
  await visitor.close();
});

test('two clips are heard at a time, and a clip that is removed makes room', async () => {
  const visitor = await tester({ allowed: [/429/] });
  const { page } = visitor;
  const named = (name) => ({ ...question, name });
  const state = (name) => card(page, name).locator('.state').innerText();
  const next = await gate(page);

  await page.setInputFiles('#files', ['one.wav', 'two.wav', 'three.wav'].map(named));
  const [one, two] = [await next(), await next()];
  assert.equal(await state('three.wav'), 'Waiting its turn.');
  await one.fulfill(later(60));
  await card(page, 'one.wav').getByText('The server asks to wait 60 s').waitFor();
  assert.equal(await state('three.wav'), 'Waiting its turn.');
  await card(page, 'one.wav').getByRole('button', { name: 'Remove' }).click();
  const three = await next();
  assert.equal(await page.locator('.card').count(), 2);
  assert.equal(await page.evaluate(() => document.activeElement.id), await card(page, 'two.wav').getAttribute('id'));
  await two.continue();
  await three.continue();
  await done(page, 'two.wav');
  await done(page, 'three.wav');

  await page.setInputFiles('#files', named('four.wav'));
  await (await next()).continue();
  await done(page, 'four.wav');
  for (const name of ['two.wav', 'three.wav', 'four.wav']) {
    await card(page, name).getByRole('button', { name: 'Transcribe again' }).click();
  }
  const again = [await next(), await next()];
  assert.equal(await state('four.wav'), 'Waiting its turn.');
  for (const route of again) await route.continue();
  await (await next()).continue();
  for (const name of ['two.wav', 'three.wav', 'four.wav']) await done(page, name);
  await visitor.close();
});

test('a server that asks to wait is asked again after that', async () => {
  const visitor = await tester({ allowed: [/429/] });
  const { page } = visitor;
  await page.route('**/test-transcript', (route) => route.fulfill(later(1)), { times: 1 });
  await page.evaluate(() => {
    window.states = [];
    const note = () => window.states.push(document.querySelector('.card .state').textContent);
    new MutationObserver(note).observe(document.getElementById('cards'), { childList: true, subtree: true });
  });

  await choose(visitor, question);

  const states = await page.evaluate(() => window.states);
  assert.ok(states.includes('The server asks to wait 1 s; then it goes on.'), states.join('\n'));
  assert.equal(await card(page, 'question.wav').locator('.verdict').innerText(), 'Good');
  await visitor.close();
});

test('clips that are dropped on the page share the words of one text', async () => {
  const visitor = await tester();
  const { page } = visitor;
  const files = [
    { ...question, name: 'hello.wav' }, { ...question, name: 'hello.wave' }, text('hello.txt', QUESTION),
  ];

  const dragged = await page.evaluateHandle((files) => {
    const data = new DataTransfer();
    for (const [name, type, bytes] of files) {
      data.items.add(new File([Uint8Array.from(atob(bytes), (byte) => byte.charCodeAt(0))], name, { type }));
    }
    return data;
  }, files.map(({ name, mimeType, buffer }) => [name, mimeType, buffer.toString('base64')]));
  await page.dispatchEvent('main', 'dragover', { dataTransfer: dragged });
  assert.match(await page.getAttribute('body', 'class'), /dropping/);
  await page.dispatchEvent('main', 'drop', { dataTransfer: dragged });

  for (const name of ['hello.wav', 'hello.wave']) {
    const shown = card(page, name);
    await shown.locator('.rates').waitFor();
    assert.equal(await shown.getByLabel('Expected words').inputValue(), QUESTION);
    assert.match(await shown.locator('.rates').innerText(), /Word errors\s+0%/);
  }
  assert.doesNotMatch(await page.getAttribute('body', 'class'), /dropping/);
  assert.equal(await visitor.text('#intake-told'), 'Clips taken: 2.');
  await visitor.close();
});

test('silence, and a file that is no sound, are told as such', async () => {
  const visitor = await tester({ allowed: [/415/] });
  const { page } = visitor;

  await choose(visitor, file('silence.wav', new Int16Array(16_000)), NOTHING);

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
  await card(page, 'morning.wav').getByRole('button', { name: 'Remove' }).click();
  assert.deepEqual((await rows(table)).map(([name]) => name).sort(), ['question.wav', 'silence.wav']);
  await page.click('#clear');
  assert.equal(await page.locator('.card').count(), 0);
  assert.ok(!(await page.isVisible('#overview')));
  await visitor.close();
});

test('a clip that is refused stays in the overview and in the reports', async () => {
  const visitor = await tester({ allowed: [/415/] });
  const { page } = visitor;

  await choose(visitor, question, NOTHING);

  const table = page.getByRole('table', { name: 'Overview' });
  assert.deepEqual((await rows(table)).map(([name, verdict]) => [name, verdict]), [
    ['question.wav', 'Good'], ['nothing.wav', 'unsupported_audio'],
  ]);
  const saving = page.waitForEvent('download');
  await page.click('#save-reports');
  const [heard, refused] = JSON.parse(await readFile(await (await saving).path(), 'utf8'));
  assert.equal(heard.report.transcript, QUESTION);
  assert.equal(heard.problem, null);
  assert.equal(refused.report, null);
  assert.equal(refused.problem.code, 'unsupported_audio');
  assert.match(refused.problem.request_id, /^[\da-f-]{36}$/);
  await visitor.close();
});

test('the overview keeps the focus when a clip was heard', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await choose(visitor, question, { ...question, name: 'again.wav' });
  const link = page.getByRole('table', { name: 'Overview' }).getByRole('link', { name: 'question.wav' });
  await link.focus();
  await page.evaluate(() => (window.before = document.activeElement));

  await card(page, 'again.wav').getByRole('button', { name: 'Transcribe again' }).dispatchEvent('click');
  await visitor.until(() => !window.before.isConnected);

  assert.ok(await link.evaluate((link) => link === document.activeElement));
  await visitor.close();
});

/** Recorders end when they are let, as late as on slow phones. */
function slowRecorders(page) {
  return page.evaluate(() => {
    const { stop } = MediaRecorder.prototype;
    window.ends = [];
    MediaRecorder.prototype.stop = function () {
      window.ends.push(() => stop.call(this));
    };
  });
}

/** The recorder is let end, when the page waits for it; then its clip is there. */
async function ends(visitor) {
  const { page } = visitor;
  await visitor.until(() => window.ends.length);
  await page.getByRole('button', { name: 'Record', exact: true }).waitFor();
  await page.evaluate(() => window.ends.forEach((end) => end()));
  await page.locator('.card').locator('.verdict, .state code').first().waitFor();
}

/** Nobody is listened to any more, and so many clips came of it. */
async function rests(visitor, clips) {
  await visitor.closed();
  assert.equal(await visitor.text('#record-word'), 'Record');
  assert.equal(await visitor.page.locator('.card').count(), clips);
}

/** Records for so many seconds at least, and goes on recording. */
async function record(visitor, seconds) {
  await visitor.page.click('#record');
  await visitor.until((least) => {
    const [, minutes, rest] = /^Stop (\d+):(\d\d)$/.exec(document.getElementById('record-word').textContent) ?? [];
    return 60 * Number(minutes) + Number(rest) >= least;
  }, seconds);
}

test('a recording by microphone is a clip that can be saved, and the microphone is closed again', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await visitor.watch();

  await record(visitor, 2);
  assert.equal(await page.evaluate(() => window.tracks[0].readyState), 'live');
  await page.click('#record');

  await page.locator('.card .transcript').waitFor();
  await visitor.closed();
  assert.equal(await visitor.text('#record-word'), 'Record');
  assert.match(await visitor.text('.card h3'), /^recording-1\.webm$/);
  assert.match(await visitor.text('.card .transcript'), /^\w+ .*[.?]$/);
  assert.ok((await played(page.locator('.card audio'))) > 1);

  const saving = page.waitForEvent('download');
  await page.locator('.card').getByRole('button', { name: 'Save' }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), 'recording-1.webm');
  const { size } = await stat(await saved.path());
  assert.ok(size > 1000, `${size} bytes`);
  await choose(visitor, question);
  assert.equal(await card(page, question.name).getByRole('button', { name: 'Save' }).count(), 0);
  await visitor.close();
});

test('two clicks on Stop make one clip, and do not begin another', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await visitor.watch();
  await slowRecorders(page);

  await record(visitor, 0);
  await page.dblclick('#record');
  await ends(visitor);

  await rests(visitor, 1);
  await visitor.close();
});

test('Escape discards a recording, wherever the focus is', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await visitor.watch();

  await record(visitor, 0);
  await page.click('h1');
  await page.keyboard.press('Escape');

  await page.getByText('Discarded.').waitFor();
  await rests(visitor, 0);
  await visitor.close();
});

test('a recording that is as long as the server takes ends by itself, and is one clip', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await page.route('**/api/v1/capabilities', async (route) => {
    const response = await route.fetch();
    const able = await response.json();
    await route.fulfill({ response, json: { ...able, limits: { ...able.limits, audio_seconds: 1 } } });
  });
  const limited = page.waitForResponse('**/api/v1/capabilities');
  await page.reload();
  await (await limited).finished();
  await visitor.watch();
  await slowRecorders(page);

  await page.click('#record');
  await ends(visitor);

  await rests(visitor, 1);
  await visitor.close();
});

test('a browser that cannot record says so, and closes the microphone', async () => {
  const visitor = await tester();
  const { page } = visitor;
  await visitor.watch();
  await page.evaluate(() => {
    MediaRecorder.prototype.start = () => {
      throw new DOMException('no such codec', 'NotSupportedError');
    };
  });

  await page.click('#record');

  await page.getByText('This browser cannot record.').waitFor();
  await visitor.closed();
  assert.equal(await visitor.text('#record-word'), 'Record');
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
  await card(page, 'question.wav').getByText('Use in a rendering').click();

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
  await card(page, question.name).getByText('Use in a rendering').click();
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
  await card(page, name).getByText('Use in a rendering').click();

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

test('a check that fails says what to do about what happened', async () => {
  const visitor = await tester({ allowed: [/402/, /429/] });
  const { page } = visitor;
  const spent = { code: 'budget_reached', title: 'Today’s budget is used up', status: 402 };
  await page.route('**/v1/audio/speech', (route) => route.fulfill({ status: 402, json: spent }));
  await page.route('**/voice-chat*', (route) => route.fulfill(later(30)));
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'));
  });

  await page.click('#run-checks');
  await page.locator('#copy-checks').waitFor();

  const checks = await page.locator('#check-list > li').allInnerTexts();
  assert.match(checks[2], /Speaking: Today’s budget is used up\s+Fix: .*tomorrow.*DAILY_BUDGET_USD/);
  for (const check of checks.slice(6)) {
    assert.match(check, /Too many requests\s+Fix: Wait 30 s, then run the checks again\./);
  }
  await visitor.close();
});

test('those whom the server does not know are told so everywhere, and how to log in', async (context) => {
  const locked = await Server.start({ ACCESS: 'keys' });
  context.after(() => locked.close());
  const visitor = await visit(chrome, `${locked.url}/test`, { allowed: [/401/] });
  const { page } = visitor;
  const way = (where) => page.locator(where).getByRole('link', { name: 'Log in' });

  await choose(visitor, question);
  assert.match(await card(page, question.name).locator('.state').innerText(), /^Refused \(401\)\..* unauthenticated$/);
  assert.match(await visitor.text('#intake-told'), /^This server answers only those who are logged in\./);
  assert.equal(await way('#intake-told').getAttribute('href'), '/login');
  await send(page, 'json');
  assert.match(await visitor.text('#rendering'), /401 Unauthorized\s+This server answers only those who are logged in/);
  assert.ok(await way('#rendering').isVisible());

  // Where others can reach the server, those who have not logged in are told no more than this.
  const well = { status: 'ok', service: 'repartee', version: '1' };
  await page.route('**/readyz', (route) => route.fulfill({ json: { ready: true } }));
  await page.route('**/health', (route) => route.fulfill({ json: well }));
  await page.click('#run-checks');
  await page.locator('#copy-checks').waitFor();
  assert.equal(await visitor.text('#checks-total'), '4 of 8 passed · 4 failed');
  const fixes = await page.locator('[data-state=failed] .fix').allInnerTexts();
  assert.equal(fixes.length, 4);
  for (const fix of fixes) assert.match(fix, /^Fix: Log in with an API key or the admin token/);
  assert.equal(await way('#check-list').count(), 4);
  await way('#check-list').first().click();
  await page.locator('#token').waitFor();
  await visitor.close();
});

test('numbers are written as where the user is', async () => {
  const visitor = await tester({ locale: 'es-MX' });
  const { page } = visitor;

  await page.setInputFiles('#files', question);
  await page.locator('.card .verdict').waitFor();

  assert.equal(await page.getAttribute('html', 'lang'), 'es');
  assert.match(await visitor.text('.named .note'), /^\d\d\.\d kB · \d\.\d+ s$/);
  assert.match(await visitor.text('.ruler span:nth-child(2)'), /^0\.5 s$/);
  await visitor.close();
});

/** Brings clips that are heard and refused, an answer, and finished checks onto the page. */
async function fill(visitor) {
  const { page } = visitor;
  await page.setInputFiles('#files', [question, NOTHING, text('question.txt', 'What time was it now?')]);
  await page.locator('.card .rates').waitFor();
  await page.locator('.card .state code').waitFor();
  for (const more of await page.locator('.card summary').all()) await more.click();
  await send(page, 'events');
  await page.click('#run-checks');
  await page.locator('#copy-checks').waitFor();
}

test('a full page is for everyone', async (context) => {
  const english = await server.json('/static/words/test/en.json');
  // axe is no part of the page, so the page's own policy would keep it out.
  const options = { locale: 'hi-IN', bypassCSP: true, reducedMotion: 'reduce', allowed: [/415/] };
  const visitor = await tester(options);
  const { page } = visitor;
  assert.equal(await page.getAttribute('html', 'lang'), 'hi');
  await page.setInputFiles('#files', [question, NOTHING, text('question.txt', 'What time was it now?')]);
  await page.locator('.card .rates').waitFor();
  await page.locator('.card .state code').waitFor();
  for (const more of await page.locator('.card summary').all()) await more.click();
  await send(page, 'events');
  await page.click('#run-checks');
  await page.locator('#copy-checks').waitFor();

  await context.test('nothing on it is wrong by WCAG 2.2 AA, in the light or in the dark', async () => {
    await page.addScriptTag({ path: AXE });
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      const { violations } = await page.evaluate(() =>
        window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
      const wrong = violations.map(({ id, nodes }) =>
        `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
      assert.deepEqual(wrong, [], colorScheme);
    }
  });

  await context.test('it speaks Hindi, in every word', async () => {
    const left = await page.evaluate((english) => {
      // What the built-in engines understand has to be said in English; names are names.
      const known = new Set(Object.entries(english)
        .filter(([name]) => !/^(sample_text|language_name)$/.test(name))
        .map(([, words]) => words)
        .filter((words) => /[a-z]{3}/i.test(words) && !words.includes('{')));
      const shown = [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility());
      const texts = shown.flatMap((one) => [
        ...[...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()),
        ...['aria-label', 'title', 'placeholder', 'data-label'].map((name) => one.getAttribute(name) ?? ''),
      ]);
      return texts.filter((text) => known.has(text));
    }, english);
    assert.deepEqual(left, []);
  });
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
    NOTHING,
  );
  await page.locator('.rates').waitFor();
  for (const more of await page.locator('.card summary').all()) await more.click();
  await fits('clips');
  for (const link of await page.locator('#overview-table a').all()) {
    const { width, height } = await link.boundingBox();
    assert.ok(Math.min(width, height) >= 44, `a link of ${width}×${height} is too small for a finger`);
  }
  await page.fill('#ask-text', 'Grüße, wie spät ist es?');
  for (const label of ['mp3', 'json', 'events']) {
    await send(page, label);
    await fits(label);
  }
  await visitor.close();
});
