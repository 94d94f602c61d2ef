/** The testers' page: puts its rooms together. */

import { looks } from '../common/looks.js';
import { capabilities } from '../common/server.js';
import { Checks } from './checks.js';
import { Clips } from './clips.js';
import { intake } from './intake.js';
import { Renderings } from './renderings.js';

/** How long a clip may be where the server does not say, in seconds. */
const LONGEST = 30;

/** What the server allows, once it has said so. @type {any} */
let limits = {};

const clips = new Clips({
  changed: () => renderings.refresh(),
  use: (card) => renderings.use(card),
  refused,
});
const renderings = new Renderings(() => clips.cards);
const entry = intake((files, how) => clips.bring(files, how), () => limits.audio_seconds ?? LONGEST);
new Checks();
capabilities().then((able) => (limits = able.limits), refused);

/** Those whom the server does not know are told the way in. @param {{status: number}} problem */
function refused({ status }) {
  if (status === 401) entry.stranger();
}

looks();
