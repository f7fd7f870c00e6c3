// Stands in for static/residents-worker.js while that is switched off (advice/public/offline.py): throws away what was
// kept for this programme, and takes itself away.
"use strict";
const end = ` ${new URL(self.registration.scope).pathname}`;
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("residents-") && name.endsWith(end));
    await Promise.all(names.map((name) => caches.delete(name)));
    await self.registration.unregister();
  })());
});
