// The screen on the wall asks for its page again when a minute begins, and puts in place what has changed: no flicker,
// nothing scrolls away. What has been logged out, or ended, goes where the server sends it. Without scripts the page
// loads anew by itself.
"use strict";
(() => {
  const TRY_AGAIN = 15;
  const lost = document.getElementById("wall-lost");
  let waiting = 0;
  const wait = (seconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(look, seconds * 1000 + 300);
  };
  const next = () => wait(Number(document.getElementById("wall").dataset.seconds));
  const look = async () => {
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
      if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(answer.statusText);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById("wall").replaceWith(document.adoptNode(page.getElementById("wall")));
      lost.hidden = true;
      next();
    } catch {
      lost.hidden = false;
      wait(TRY_AGAIN);
    }
  };
  const shown = () => {
    if (document.hidden) return;
    if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});
    look();
  };
  document.addEventListener("visibilitychange", shown);
  if (navigator.wakeLock) navigator.wakeLock.request("screen").catch(() => {});
  next();
})();
