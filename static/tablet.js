// A shared tablet locks when nobody has touched it for its idle minutes: back to the tiles, as by "Skift rådgiver".
// The server keeps the same time itself; this only clears the screen. A tab that nobody sees locks when it is seen.
"use strict";
(() => {
  const form = document.getElementById("skift");
  const idle = Number(form.dataset.idleMinutes) * 60000;
  let touched = Date.now();
  const touch = () => { touched = Date.now(); };
  const look = () => {
    if (!document.hidden && Date.now() - touched >= idle) {
      clearInterval(watch);
      form.submit();
    }
  };
  const watch = setInterval(look, 1000);
  for (const kind of ["pointerdown", "keydown", "wheel", "scroll", "input"]) {
    addEventListener(kind, touch, { capture: true, passive: true });
  }
  document.addEventListener("visibilitychange", look);
})();
