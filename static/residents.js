// Registers the worker that shows a programme's pages without a network (static/residents-worker.js). A page that was
// loaded before there was a worker asks to be kept.
"use strict";
(() => {
  const { worker } = document.currentScript.dataset;
  const workers = navigator.serviceWorker;
  if (!window.isSecureContext || !workers) return;
  const unseen = !workers.controller;
  workers.register(worker).catch(() => {}); // without it the page is as good as before
  if (unseen) workers.ready.then((registration) => registration.active.postMessage("keep"));
})();
