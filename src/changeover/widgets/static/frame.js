// Inside a widget's frame: its height told to the page, its content kept new, its token renewed in time.
"use strict";

(() => {
  const { origin, seconds } = document.body.dataset;
  const pass = document.getElementById("pass");
  const main = document.getElementById("main");
  const pulse = document.getElementById("pulse");
  const tell = (said, ports) => parent !== window && parent.postMessage(said, origin, ports);
  const send = (path) => fetch(path, { method: "POST", body: new URLSearchParams(new FormData(pass)) });
  let served = main.innerHTML;

  new ResizeObserver(() => tell({ height: document.documentElement.offsetHeight })).observe(document.documentElement);
  addEventListener("keydown", (event) => event.key === "Escape" && tell({ close: true }));

  function integrated() {
    const told = main.querySelector("[data-integrations]");
    if (told) tell({ integrations: told.dataset.integrations.split(" ") });
  }
  integrated();
  if (!pass.elements.token) return; // a refusal: nothing to keep new

  // The page is asked anew, and what it shows now takes the place of what it showed.
  async function refresh() {
    const at = location.pathname.replace(/\/(activate|choices)$/, "");
    const fresh = new DOMParser().parseFromString(await (await send(at)).text(), "text/html").getElementById("main");
    if (!fresh || fresh.innerHTML === served) return;
    const focused = main.contains(document.activeElement) ? document.activeElement.textContent : null;
    main.replaceChildren(...document.importNode(fresh, true).childNodes);
    served = fresh.innerHTML;
    [...main.querySelectorAll("button, a, input")].find((node) => focused && node.textContent === focused)?.focus();
    integrated();
  }

  async function listen() {
    const answer = await send("/widgets/events");
    if (!answer.ok) return refresh(); // the refusal is shown in its own words
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    pulse.hidden = true;
    for (let text = "", part = await reader.read(); !part.done; part = await reader.read()) {
      const told = (text + part.value).split("\n\n");
      text = told.pop();
      if (told.some((each) => each.startsWith("event: changed"))) await refresh();
    }
  }

  // Whoever the page says is still signed in gets a new token; it comes through a port of our own.
  function renew() {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = (event) => {
      for (const field of document.querySelectorAll("input[name=token]")) field.value = event.data;
    };
    tell({ token: true }, [port2]);
  }
  if (Number(seconds) > 0) setInterval(renew, Math.max(Number(seconds) - 30, 1) * 1000);

  (async () => {
    for (;;) {
      try {
        await listen();
      } catch {
        pulse.hidden = false;
        pulse.textContent = "Not live at the moment. What is shown may be old.";
      }
      await new Promise((done) => setTimeout(done, 2000));
      await refresh().catch(() => {});
    }
  })();
})();
