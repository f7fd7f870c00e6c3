// The residents' service worker, one a programme: its scope is the programme's address. It asks the network first, and
// shows the pages somebody has read, as they were, when there is none. Only pages with the sentence of
// advice/public/offline.py are kept, so never a page of the staff, an error or a redirect.
"use strict";

const SCOPE = new URL(self.registration.scope);
const FAMILY = "residents-";
// Raise the number when what is kept changes its form: the old ones are thrown away.
const NAME = `${FAMILY}1 ${SCOPE.pathname}`;
const MOST_PAGES = 30;
const PATIENCE = 4000; // milliseconds, if there is something else to show
const SENTENCE = 'id="uden-net" hidden';
const CLOCK = /<time id="uden-net-tid" datetime="[^"]*" data-zone="([^"]*)"><\/time>/;
const LANGUAGE = /<html lang="([a-z-]+)"/;
const STYLES = /<link rel="stylesheet" href="([^"]+)"/g;
const GONE = [404, 410];

const own = (url) => url.origin === SCOPE.origin && url.pathname.startsWith(SCOPE.pathname);
const isPage = (request) => own(new URL(request.url));
const languageOf = (url) => new URL(url).searchParams.get("lang");

// The address without what chooses its language.
function addressOf(url) {
  const bare = new URL(url);
  bare.searchParams.delete("lang");
  bare.hash = "";
  return bare.href;
}

function keepable(answer, type) {
  const said = (name) => answer.headers.get(name) || "";
  const plain = answer.status === 200 && answer.type === "basic" && !answer.redirected;
  return plain && said("Content-Type").startsWith(type) && !said("Cache-Control").includes("no-store");
}

// The kept pages of an address, the last one read at the end; in one language if the address asks for it.
async function keysOf(cache, url) {
  const asked = languageOf(url);
  const keys = (await cache.keys()).filter((key) => isPage(key) && addressOf(key.url) === addressOf(url));
  return asked ? keys.filter((key) => languageOf(key.url) === asked) : keys;
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
  const pages = (await cache.keys()).filter(isPage);
  await Promise.all(pages.slice(0, -MOST_PAGES).map((old) => cache.delete(old, { ignoreVary: true })));
}

async function keptPage(url) {
  const cache = await caches.open(NAME);
  const last = (await keysOf(cache, url)).at(-1);
  const found = last && (await cache.match(last, { ignoreVary: true }));
  if (!found) return undefined;
  const headers = new Headers(found.headers);
  for (const name of ["Content-Length", "Content-Encoding", "ETag"]) headers.delete(name);
  return new Response(told(await found.text(), languageOf(last.url), new Date(headers.get("Date"))), { headers });
}

// The page with its sentence, and in it the time at which the page was last known to be right.
function told(text, language, at) {
  return text.replace(SENTENCE, 'id="uden-net"').replace(CLOCK, (_whole, timeZone) => {
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

// Answers, and gives a promise that is kept once the answer is.
function respond(event, keep, kept) {
  const { url } = event.request;
  const fetched = fetch(event.request);
  const keeping = remember(fetched.then((answer) => keep(url, answer.clone())).catch(() => {}));
  event.waitUntil(keeping);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const inTime = Promise.race([fetched, late]).catch(() => undefined);
  event.respondWith(inTime.then(async (answer) => answer || (await kept(url)) || fetched));
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

async function begin() {
  const old = (await caches.keys()).filter((name) => name.startsWith(FAMILY) && name.endsWith(` ${SCOPE.pathname}`));
  await Promise.all(old.filter((name) => name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(begin()));
self.addEventListener("message", (event) => {
  const { url } = event.source;
  if (own(new URL(url))) event.waitUntil(remember(fetch(url).then((answer) => keepPage(url, answer)).catch(() => {})));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && isPage(request)) {
    event.waitUntil(respond(event, keepPage, keptPage).then(askWhetherWanted));
  } else if (request.destination === "style" && new URL(request.url).origin === SCOPE.origin) {
    respond(event, keepStyle, keptStyle);
  }
});
