// Passkeys: the buttons that need a script. Without one, or in a browser without passkeys, they stay hidden and the
// pages work with codes alone. The words are the page's own; errors come as sentences from the server.
(() => {
  "use strict";

  if (!window.PublicKeyCredential || !navigator.credentials) {
    return;
  }

  const toBytes = (text) => {
    const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(plain, (character) => character.charCodeAt(0));
  };

  const toText = (buffer) => {
    const plain = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  };

  const listed = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));

  const readable = (options) => ({
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    allowCredentials: listed(options.allowCredentials),
    excludeCredentials: listed(options.excludeCredentials),
  });

  const sendable = (credential) => {
    const response = {};
    for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[part]) {
        response[part] = toText(credential.response[part]);
      }
    }
    return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
  };

  // The answer as an object; a sentence is thrown, and null means that another page is on its way.
  const post = async (url, body) => {
    const answer = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-Requested-With": "accounts" },
      body: JSON.stringify(body),
    });
    if (answer.redirected) {
      location.assign(answer.url);
      return null;
    }
    const found = await answer.json();
    if (!answer.ok) {
      throw new Error(found.error || "");
    }
    return found;
  };

  const ask = async (place) => {
    const options = await post(place.dataset.begin, {});
    if (options === null) {
      return;
    }
    const publicKey = readable(options);
    const make = place.dataset.passkey === "make";
    const credential = make
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    const answer = await post(place.dataset.finish, { credential: sendable(credential) });
    if (answer !== null) {
      location.assign(answer.next);
    }
  };

  const sentence = (place, error) => {
    if (error.name === "InvalidStateError") {
      return place.dataset.there;
    }
    // Ours has the server's sentence; the browser's own errors are in its own words, which help nobody.
    return (error.name === "Error" && error.message) || place.dataset.stopped;
  };

  for (const place of document.querySelectorAll("[data-passkey]")) {
    const button = place.querySelector("button");
    const said = place.querySelector("[role=alert]");
    button.addEventListener("click", async () => {
      button.disabled = true;
      said.textContent = "";
      try {
        await ask(place);
      } catch (error) {
        said.textContent = sentence(place, error);
      } finally {
        button.disabled = false;
      }
    });
    place.hidden = false;
    place.closest("[data-passkey-section]")?.removeAttribute("hidden");
  }
})();
