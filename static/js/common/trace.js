/** What sound looks like: how loud it was, drawn small. */

import { LEVEL_EVERY_MS } from './microphone.js';

/** How tall a level is drawn, from 0 to 1: ears hear ratios. @param {number} level */
export function height(level) {
  return Math.min(1, (level * 2.6) ** 0.8);
}

/** How many bars a clip becomes when it has been said. */
export const TRACE = 40;

/**
 * A clip's small picture: what it looked like on the line.
 * @param {number[]} levels @returns {SVGElement}
 */
export function trace(levels) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'trace');
  svg.setAttribute('viewBox', `0 0 ${3 * TRACE} 20`);
  svg.setAttribute('aria-hidden', 'true');
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0.02);
  for (let at = 0; at < TRACE; at += 1) {
    const from = Math.floor((at * levels.length) / TRACE);
    const until = Math.max(from + 1, Math.floor(((at + 1) * levels.length) / TRACE));
    const part = levels.slice(from, until);
    const tall = Math.max(1.5, (19 * part.reduce((most, level) => Math.max(most, level), 0)) / loudest);
    const bar = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
    bar.setAttribute('x', String(3 * at));
    bar.setAttribute('y', String((20 - tall) / 2));
    bar.setAttribute('width', '1.7');
    bar.setAttribute('height', String(tall));
    bar.setAttribute('rx', '0.85');
    svg.append(bar);
  }
  return svg;
}

/** Levels of sound that is there as samples, as they would have been taken down. @param {Float32Array} samples @param {number} rate */
export function levelsOf(samples, rate) {
  const step = Math.max(1, Math.round((rate * LEVEL_EVERY_MS) / 1000));
  const levels = [];
  for (let from = 0; from < samples.length; from += step) {
    const part = samples.subarray(from, from + step);
    levels.push(Math.sqrt(part.reduce((sum, sample) => sum + sample * sample, 0) / part.length));
  }
  return levels;
}

/** What is larger would have to be decoded for seconds before it is sent. */
const LARGEST = 4_000_000;

/** How a sound file looks, and how long it is. @param {File} file @param {AudioContext} context */
export async function looksOf(file, context) {
  if (file.size > LARGEST) return {};
  try {
    const sound = await context.decodeAudioData(await file.arrayBuffer());
    return { levels: levelsOf(sound.getChannelData(0), sound.sampleRate), seconds: sound.duration };
  } catch {
    // The server may know what the browser does not.
    return {};
  }
}
