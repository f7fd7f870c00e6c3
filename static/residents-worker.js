// The residents' service worker, one a programme: its scope is the programme's address. It asks the network first, and
// shows the pages somebody has read, as they were, when there is none: in the language asked for, else in another, else
// the page above it; the programme's own page is kept from the beginning. Only pages with the sentence of
// advice/public/offline.py are kept, so never a page of the staff, an error or a redirect.
"use strict";

const SCOPE = new URL(self.registration.scope);
const FAMILY = "residents-";
// Raise the number when what is kept changes its form: the old ones are thrown away.
const NAME = `${FAMILY}2 ${SCOPE.pathname}`;
const MOST_PAGES = 30;
const PATIENCE = 4000; // milliseconds, if there is something else to show
const SENTENCE = 'id="uden-net" hidden';
const CLOCK = /<time id="uden-net-tid" datetime="[^"]*" data-zone="([^"]*)"><\/time>/;
// What says how it is now, and what is said instead (templates/public/_doors.html).
const NOW = /<(div|span) data-now>/g;
const DATED = /<(div|span) data-dated hidden>/g;
const COLOUR = /(<[a-z]+ class="sign) (?:open|soon|shut)"/g;
const TODAY = /(<tr class=")is-today/g;
const LANGUAGE = /<html lang="([a-z-]+)"/;
const STYLES = /<link rel="stylesheet" href="([^"]+)"/g;
const GONE = [404, 410];
// What a page is asked in its address beside its language, as in advice/kept.py; all else changes nothing.
const QUESTIONS = ["papir", "sprog", "tema"];

const own = (url) => url.origin === SCOPE.origin && url.pathname.startsWith(SCOPE.pathname);
const isPage = (request) => own(new URL(request.url));
const languageOf = (url) => new URL(url).searchParams.get("lang");

// The address with what its page is asked, but for the language.
function addressOf(url) {
  const { origin, pathname, searchParams } = new URL(url);
  const asked = [...searchParams].filter(([name]) => QUESTIONS.includes(name));
  return `${origin}${pathname}${asked.length ? `?${new URLSearchParams(asked)}` : ""}`;
}

function keepable(answer, type) {
  const said = (name) => answer.headers.get(name) || "";
  const plain = answer.status === 200 && answer.type === "basic" && !answer.redirected;
  return plain && said("Content-Type").startsWith(type) && !said("Cache-Control").includes("no-store");
}

// The kept pages of an address, the last one read at the end.
async function keysOf(cache, url) {
  return (await cache.keys()).filter((key) => isPage(key) && addressOf(key.url) === addressOf(url));
}

// Whether anything is kept any more, and what is being kept now: a worker that takes itself away leaves nothing behind.
let wanted = true;
let busy = Promise.resolve();
function remember(keeping) {
  busy = Promise.allSettled([busy, keeping]);
  return keeping;
}

async function keepPage(url, answer) {
  if (!wanted) return;
  const cache = await caches.open(NAME);
  if (GONE.includes(answer.status)) {
    await Promise.all((await keysOf(cache, addressOf(url))).map((key) => cache.delete(key)));
  }
  if (!keepable(answer, "text/html")) return;
  const text = await answer.text();
  const language = LANGUAGE.exec(text)?.[1];
  if (!language || !text.includes(SENTENCE)) return;
  const key = new URL(addressOf(url));
  key.searchParams.set("lang", language);
  for (const [, style] of text.matchAll(STYLES)) {
    if (await cache.match(style, { ignoreVary: true })) continue;
    await fetch(style).then((found) => keepStyle(style, found)).catch(() => {}); // better plain than not at all
  }
  await cache.delete(key.href, { ignoreVary: true }); // so that the order of the keys is that of reading
  await cache.put(key.href, new Response(text, { headers: answer.headers }));
  const pages = (await cache.keys()).filter((one) => isPage(one) && addressOf(one.url) !== SCOPE.href);
  await Promise.all(pages.slice(0, -MOST_PAGES).map((old) => cache.delete(old, { ignoreVary: true })));
}

// The page at the address as it was: in the language that is asked for, or, if any will do, the one read last.
async function keptPage(url, anyLanguage = false) {
  const cache = await caches.open(NAME);
  const keys = await keysOf(cache, url);
  const asked = languageOf(url);
  const fitting = asked ? keys.filter((key) => languageOf(key.url) === asked) : keys;
  const last = fitting.at(-1) || (anyLanguage && keys.at(-1));
  const found = last && (await cache.match(last, { ignoreVary: true }));
  if (!found) return undefined;
  const headers = new Headers(found.headers);
  for (const name of ["Content-Length", "Content-Encoding", "ETag"]) headers.delete(name);
  return new Response(told(await found.text(), languageOf(last.url), new Date(headers.get("Date"))), { headers });
}

// What comes nearest to a page that is not kept: a place's for its poster, the programme's for any.
async function nearestPage(url) {
  const near = new URL(addressOf(url));
  if (languageOf(url)) near.searchParams.set("lang", languageOf(url));
  const found = await keptPage(near, true);
  if (found || addressOf(near) === SCOPE.href) return found;
  for (const asked of QUESTIONS) near.searchParams.delete(asked);
  const above = near.pathname.slice(0, near.pathname.lastIndexOf("/"));
  near.pathname = above.length > SCOPE.pathname.length ? above : SCOPE.pathname;
  return nearestPage(near);
}

// The page with its sentence, and in it the time at which the page was last known to be right; and nothing of "now".
function told(text, language, at) {
  const then = text.replace(NOW, "<$1 hidden>").replace(DATED, "<$1>").replace(COLOUR, '$1 shut"').replace(TODAY, "$1");
  return then.replace(SENTENCE, 'id="uden-net"').replace(CLOCK, (_whole, timeZone) => {
    const clock = at.toLocaleTimeString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit" });
    const written = language === "da" ? clock.replace(":", ".") : clock;
    return `<time datetime="${at.toISOString()}">${written}</time>`;
  });
}

async function keepStyle(url, answer) {
  if (wanted && keepable(answer, "text/css")) await (await caches.open(NAME)).put(url, answer);
}

async function keptStyle(url) {
  return (await caches.open(NAME)).match(url, { ignoreVary: true });
}

// Answers, and gives a promise that is kept once the answer is. nearest: what to show if there is no other answer.
function respond(event, keep, kept, nearest) {
  const { url } = event.request;
  const fetched = fetch(event.request);
  const keeping = remember(fetched.then((answer) => keep(url, answer.clone())).catch(() => {}));
  event.waitUntil(keeping);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const inTime = Promise.race([fetched, late]).catch(() => undefined);
  const without = (fault) => nearest(url).then((answer) => answer || Promise.reject(fault));
  event.respondWith(inTime.then(async (answer) => answer || (await kept(url)) || fetched.catch(without)));
  return keeping;
}

// Once in the life of the process: is there still to be a worker? If its address says no, it takes itself away.
let asked = false;
async function askWhetherWanted() {
  if (asked) return;
  asked = true;
  try {
    const answer = await fetch(self.location.href, { cache: "no-cache" });
    if (!GONE.includes(answer.status)) return;
  } catch {
    asked = false;
    return;
  }
  wanted = false;
  await busy;
  await caches.delete(NAME);
  await self.registration.unregister();
}

// The programme's own page, in the language chosen; nobody's, if somebody is logged in. Without it there is no worker.
async function keepOwnPage() {
  for (const credentials of ["same-origin", "omit"]) {
    await keepPage(SCOPE.href, await fetch(SCOPE.href, { credentials }));
    if (await keptPage(SCOPE.href)) return;
  }
  throw new Error("the programme's page cannot be kept");
}

async function begin() {
  const old = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name.endsWith(` ${SCOPE.pathname}`));
  await Promise.all(old.filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("install", (event) => event.waitUntil(keepOwnPage().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("message", (event) => {
  const { url } = event.source;
  if (own(new URL(url))) event.waitUntil(remember(fetch(url).then((answer) => keepPage(url, answer)).catch(() => {})));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && isPage(request)) {
    event.waitUntil(respond(event, keepPage, keptPage, nearestPage).then(askWhetherWanted));
  } else if (request.destination === "style" && new URL(request.url).origin === SCOPE.origin) {
    respond(event, keepStyle, keptStyle, keptStyle);
  }
});
