// The board of the vagtplan without full page loads. The pages work without it: a shift and a new one have pages of
// their own, with plain forms. Here those pages open in a sheet over the board, their forms are sent by fetch, and the
// board that comes back takes the place of the one that was there. A shift is moved with "Flyt" and a target (keyboard,
// tap), or by dragging it; what that would mean is asked of the server. Whatever goes wrong ends on the plain page.
(() => {
  "use strict";

  const main = document.querySelector("main");
  if (!main?.querySelector("[data-board]") || !window.HTMLDialogElement) {
    return;
  }

  const make = (tag, properties, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const words = (name) => main.querySelector("[data-board]")?.dataset[name] || "";
  const who = (page) => page.querySelector(".who p")?.textContent.trim();
  const path = (url) => new URL(url, location.href).pathname;
  const nameOf = (item) => item.querySelector(".shift-name").firstChild.textContent.trim();

  const live = make("div", { className: "visually-hidden" });
  live.setAttribute("aria-live", "polite");
  const sheet = make("dialog", { className: "sheet" });
  document.body.append(live, sheet);
  let shown = location.href;

  const say = (text) => {
    live.textContent = "";
    requestAnimationFrame(() => { live.textContent = text; });
  };

  // A page: where it ended and what is in it. Throws on anything that is no page of ours.
  const get = async (url, options = {}) => {
    const answer = await fetch(url, { credentials: "same-origin", ...options });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("main") || answer.status >= 500) {
      throw new Error(String(answer.status));
    }
    if (who(page) !== who(document) && (answer.redirected || !options.method)) {
      location.assign(answer.url); // somebody else is logged in, or nobody: the whole page has to say so
      return new Promise(() => {});
    }
    return { url: answer.url, page, board: page.querySelector("[data-board]") !== null };
  };

  // What the focus was on, to find it again on another board.
  const held = () => {
    const at = document.activeElement;
    const of = at?.closest("[data-shift]");
    return { shift: of?.dataset.shift, move: at?.matches(".move"), href: at?.getAttribute?.("href"),
             cell: at?.closest("[data-cell]")?.dataset.cell };
  };
  const refocus = ({ shift, move, href, cell }) => {
    const find = (selector) => main.querySelector(selector);
    const item = shift && find(`[data-shift="${CSS.escape(shift)}"]`);
    const there = (item && item.querySelector(move ? ".move" : "a")) || (href && find(`a[href="${CSS.escape(href)}"]`)) ||
      (cell && find(`[data-cell="${CSS.escape(cell)}"] a`)) || main;
    there.focus();
  };

  const swap = ({ url, page }, focus) => {
    main.replaceChildren(...page.querySelector("main").childNodes);
    document.title = page.title;
    shown = url;
    dress();
    refocus(focus);
    say([...main.querySelectorAll(":scope > .notice[role=status]")].map((one) => one.textContent.trim()).join(" "));
  };

  let opener = {};
  const close = () => {
    if (sheet.open) {
      sheet.close();
      refocus(opener);
    }
  };

  const fill = ({ url, page }) => {
    const button = make("button", { type: "button", className: "button quiet sheet-close", textContent: words("close") });
    button.addEventListener("click", () => history.back());
    const title = page.querySelector("h1")?.textContent.trim().replace(/\s+/g, " ") || document.title;
    sheet.setAttribute("aria-label", title);
    sheet.dataset.url = url;
    sheet.replaceChildren(button, ...page.querySelector("main").childNodes);
    if (!sheet.open) {
      sheet.showModal();
    }
    sheet.scrollTop = 0;
    (sheet.querySelector("[autofocus]") || sheet.querySelector("input:not([type=hidden]), select") || button).focus();
  };

  const open = async (url, push) => {
    try {
      const found = await get(url);
      if (found.board) {
        swap(found, opener);
        return;
      }
      if (push) {
        history.pushState({ sheet: url }, "", url);
      }
      fill(found);
    } catch {
      location.assign(url);
    }
  };

  // Send a form. A board that comes back takes its place, a page with sentences opens in the sheet.
  const send = async (url, body, focus) => {
    main.setAttribute("aria-busy", "true");
    let found;
    try {
      found = await get(url, { method: "POST", body });
    } catch {
      const notice = make("p", { className: "notice error", textContent: words("lost"), tabIndex: -1 });
      notice.setAttribute("role", "alert");
      (sheet.open ? sheet : main).prepend(notice); // what was typed stays where it is
      notice.focus();
      return;
    } finally {
      main.removeAttribute("aria-busy");
    }
    if (!found.board) {
      if (!sheet.open) {
        opener = focus;
        history.pushState({ sheet: found.url }, "", found.url);
      }
      fill(found);
      return;
    }
    if (sheet.open) {
      sheet.close();
      history.replaceState(null, "", found.url);
    } else {
      history.pushState(null, "", found.url);
    }
    swap(found, focus);
  };

  const submitted = (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || !path(form.action).startsWith("/vagtplan/")) {
      return; // a log-in, say, is for the whole page
    }
    document.querySelectorAll(".notice.error[tabindex]").forEach((one) => one.remove());
    event.preventDefault();
    if (main.hasAttribute("aria-busy")) {
      return; // it is being sent: a second click is no second wish
    }
    const focus = sheet.open ? opener : held();
    send(form.action, new URLSearchParams(new FormData(form, event.submitter)), focus);
  };
  main.addEventListener("submit", submitted);
  sheet.addEventListener("submit", submitted);

  const plain = (event) => event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
  main.addEventListener("click", (event) => {
    const link = event.target.closest("a.shift[href], a.add, a[data-sheet]");
    if (!link || plain(event) || event.defaultPrevented) {
      return;
    }
    event.preventDefault();
    link.focus();
    opener = held();
    open(link.href, true);
  });
  sheet.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (link && !plain(event) && path(link.href) === path(shown)) {
      event.preventDefault();
      history.back();
    }
  });
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    history.back();
  });
  addEventListener("popstate", (event) => {
    if (event.state?.sheet) {
      open(event.state.sheet, false);
      return;
    }
    close();
    if (location.href !== shown) {
      get(location.href).then((found) => swap(found, held())).catch(() => location.reload());
    }
  });

  // A button that says to those who do not see the board what it is about.
  const labelled = (className, text, about) => make("button", { type: "button", className }, text,
    make("span", { className: "visually-hidden", textContent: ` ${about}` }));

  // Moving. What is picked up: its link, who it is, and where it comes from.
  const bar = make("div", { className: "move-bar", hidden: true });
  bar.setAttribute("role", "region");
  const told = make("div", { className: "move-told" });
  told.setAttribute("aria-live", "polite");
  const cancel = make("button", { type: "button", className: "button quiet" });
  bar.append(told, cancel);
  document.body.append(bar);
  let picked = null;

  const cells = () => [...main.querySelectorAll("td[data-cell]")];
  const foreseen = new Map();

  // What dropping it in a cell would mean, as the server says: asked once a cell.
  const ask = (cell) => {
    const [place, day] = cell.dataset.cell.split(" ");
    const url = `${picked.link.getAttribute("href")}/flyt?sted=${encodeURIComponent(place)}&dag=${day}`;
    if (!foreseen.has(url)) {
      const options = { credentials: "same-origin", headers: { Accept: "application/json" } };
      foreseen.set(url, fetch(url, options).then((answer) => answer.json()));
    }
    return foreseen.get(url);
  };

  // Show it; null once something else is under the pointer, or nothing is picked up any more.
  const foresee = async (cell) => {
    if (picked.over !== cell) {
      picked.over?.classList.remove("is-target");
      picked.over = cell;
      cell.classList.add("is-target");
      told.replaceChildren(make("p", { textContent: words("wait") }));
    }
    const found = await ask(cell).catch(() => location.assign(shown));
    if (!found || picked?.over !== cell) {
      return null;
    }
    told.replaceChildren(make("p", {}, make("b", { textContent: found.title })),
      ...found.says.map(([kind, text]) => make("p", { className: `says ${kind}`, textContent: text })));
    return found;
  };

  const pick = (link, dragged) => {
    put(false);
    foreseen.clear();
    const item = link.closest("[data-shift]");
    picked = { link, item, dragged, over: null };
    item.classList.add("is-picked");
    main.classList.add("is-moving");
    bar.hidden = false;
    bar.setAttribute("aria-label", words("move"));
    cancel.textContent = words("cancel");
    told.replaceChildren(make("p", { textContent: `${nameOf(item)}: ${words("choose")}` }));
    cells().forEach((cell) => cell.append(labelled("drop", words("here"), cell.dataset.name)));
    if (!dragged) {
      (item.closest("td[data-cell]") || cells()[0]).querySelector(".drop").focus();
    }
  };

  // Let go: back to where it was, or (told) dropped.
  const put = (focus) => {
    if (!picked) {
      return;
    }
    const { item } = picked;
    picked = null;
    bar.hidden = true;
    main.classList.remove("is-moving");
    item.classList.remove("is-picked");
    main.querySelectorAll(".drop").forEach((one) => one.remove());
    main.querySelectorAll(".is-target").forEach((one) => one.classList.remove("is-target"));
    if (focus) {
      item.querySelector(".move").focus();
    }
  };

  const drop = async (cell) => {
    const found = await foresee(cell);
    if (!found?.may) {
      if (found && picked.dragged) {
        put(true);
        say(found.says.map(([, text]) => text).join(" "));
      }
      return;
    }
    const { link, item } = picked;
    const [sted, dag] = cell.dataset.cell.split(" ");
    const focus = { shift: item.dataset.shift, move: true, cell: cell.dataset.cell };
    const body = new URLSearchParams({ csrf_token: words("token"), version: item.dataset.version, sted, dag });
    put(false);
    await send(`${link.getAttribute("href")}/flyt`, body, focus);
  };

  cancel.addEventListener("click", () => put(true));
  main.addEventListener("click", (event) => {
    const button = event.target.closest(".move");
    if (button) {
      pick(button.parentElement.querySelector("a.shift"), false);
      return;
    }
    const cell = picked && event.target.closest("td[data-cell]");
    if (cell) {
      swallow(event);
      drop(cell);
    }
  }, true);
  main.addEventListener("focusin", (event) => {
    const cell = event.target.closest(".drop")?.closest("td");
    if (cell && picked) {
      foresee(cell);
    }
  });
  addEventListener("keydown", (event) => {
    if (picked && event.key === "Escape") {
      event.preventDefault();
      put(true);
    }
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    let next = picked && step && document.activeElement.closest("td[data-cell]");
    if (!next) {
      return;
    }
    event.preventDefault();
    const { rows } = next.closest("table");
    do {
      next = rows[next.parentElement.rowIndex + step[0]]?.cells[next.cellIndex + step[1]];
    } while (next && !next.matches("[data-cell]"));
    next?.querySelector(".drop").focus();
  });

  // Dragging does the same: with a mouse from anywhere on the shift, with a finger from its button.
  let pressed = null;
  const swallow = (event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  main.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[data-shift]");
    const handle = event.pointerType === "mouse" ? item : event.target.closest(".move");
    if (item?.querySelector(".move") && handle && event.button === 0 && !picked) {
      pressed = { item, x: event.clientX, y: event.clientY, id: event.pointerId };
    }
  });
  main.addEventListener("dragstart", (event) => {
    if (event.target.closest?.("[data-shift]")) {
      event.preventDefault();
    }
  });
  const cellAt = ({ clientX, clientY }) => document.elementFromPoint(clientX, clientY)?.closest("td[data-cell]");
  const over = (event) => {
    const cell = cellAt(event);
    if (cell && cell !== picked.over) {
      foresee(cell);
    }
  };
  // Taken to the upper edge of the window, or over the bar at the lower one, the page moves on under it.
  const roll = () => {
    if (!picked?.dragged || !pressed) {
      return;
    }
    const [{ y, last: { clientY } }, { top }] = [pressed, bar.getBoundingClientRect()];
    const by = Math.max(0, clientY - Math.max(y, top)) - Math.max(0, Math.min(y, 60) - clientY);
    if (by) {
      scrollBy(0, Math.max(-25, Math.min(25, by / 3)));
      over(pressed.last);
    }
    requestAnimationFrame(roll);
  };
  addEventListener("pointermove", (event) => {
    if (event.pointerId !== pressed?.id) {
      return;
    }
    pressed.last = event;
    if (!picked && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > 6) {
      pick(pressed.item.querySelector("a.shift"), true);
      requestAnimationFrame(roll);
    }
    if (picked?.dragged) {
      over(event);
    }
  });
  const released = (event) => {
    if (event.pointerId !== pressed?.id) {
      return;
    }
    pressed = null;
    if (picked?.dragged) {
      const cell = event.type === "pointerup" && cellAt(event);
      addEventListener("click", swallow, true); // the click that follows a drag opens nothing
      setTimeout(() => removeEventListener("click", swallow, true), 0);
      if (cell && cell !== picked.item.closest("td")) {
        drop(cell);
      } else {
        put(event.type === "pointerup");
      }
    }
  };
  addEventListener("pointerup", released);
  addEventListener("pointercancel", released);

  const dress = () => {
    for (const item of words("move") ? main.querySelectorAll("[data-shift]") : []) {
      item.append(labelled("move", words("move"), nameOf(item)));
    }
  };
  dress();
})();
