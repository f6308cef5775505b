// Live pages: when /events tells of a change, the page is fetched anew and its regions are swapped by id.
// Every page works without this file: forms post, links lead on, a reload shows what is new.
"use strict";

(() => {
  const pulse = document.getElementById("pulse");
  if (!pulse) return;
  const company = pulse.dataset.company.trim(); // empty: this page shows all companies
  for (const here of document.querySelectorAll("nav [aria-current]")) {
    const nav = here.closest("nav"); // on a phone it scrolls: where one is comes into view
    nav.scrollLeft = here.offsetLeft - nav.offsetLeft - (nav.clientWidth - here.offsetWidth) / 2;
  }
  const GAP = 300; // milliseconds that changes are gathered before the page is fetched
  let stream = null;
  let timer = 0;
  let busy = false;
  let again = false;

  const served = new Map(); // each region's markup as the server made it, whatever a person opened since
  for (const region of document.querySelectorAll("[data-live]")) served.set(region.id, region.innerHTML);

  const parse = (text) => new DOMParser().parseFromString(text, "text/html");

  // What identifies a control across two versions of a region: itself, with the form it stands in.
  const sign = (node) => (node.closest("form") ?? node).outerHTML + node.textContent;

  const typing = (region) =>
    [...region.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea")].some(
      (field) => field.value !== field.defaultValue || field === document.activeElement,
    );

  function swap(fresh) {
    for (const old of document.querySelectorAll("[data-live]")) {
      const made = fresh.getElementById(old.id);
      if (!made || made.innerHTML === served.get(old.id)) continue;
      if (typing(old)) {
        // Not under the fingers of a person: when they leave the field.
        document.addEventListener("focusout", () => later(), { once: true });
        continue;
      }
      served.set(old.id, made.innerHTML);
      const opened = new Set([...old.querySelectorAll("details[open] > summary")].map((s) => s.parentElement.innerHTML));
      const names = new Set([...old.querySelectorAll("details[open]")].map(place));
      const focused = old.contains(document.activeElement) ? sign(document.activeElement) : null;
      old.innerHTML = made.innerHTML;
      for (const details of old.querySelectorAll("details")) {
        if (opened.has(details.innerHTML) || names.has(place(details))) details.open = true;
      }
      if (focused !== null) refocus(old, focused);
    }
  }

  // Where a details element stands: the nearest thing with an id, and what its summary says.
  const place = (details) => `${details.closest("[id]")?.id} ${details.querySelector("summary")?.textContent}`;

  function refocus(region, signature) {
    const same = [...region.querySelectorAll("a, button, summary, input")].find((node) => sign(node) === signature);
    if (same) return same.focus({ preventScroll: true });
    region.tabIndex = -1; // the control is gone with what it was for: stay in its region
    region.focus({ preventScroll: true });
  }

  async function refresh() {
    timer = 0;
    if (busy) return void (again = true);
    busy = true;
    again = false;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (answer.ok) swap(parse(await answer.text()));
      else if (answer.status === 401) say("Signed out", "off");
    } catch {
      again = true; // the server is away: the stream tells when it is back
    } finally {
      busy = false;
      if (again && stream?.readyState === EventSource.OPEN) later(5 * GAP);
    }
  }

  function later(wait = GAP) {
    if (!timer) timer = setTimeout(refresh, wait);
  }

  function say(words, state) {
    pulse.hidden = false;
    pulse.dataset.state = state;
    pulse.querySelector("span").textContent = words;
  }

  function listen() {
    stream = new EventSource(`/events?after=${pulse.dataset.after}`);
    stream.onopen = () => say("Live", "on");
    stream.onerror = () => say(stream.readyState === EventSource.CLOSED ? "Not live: load again" : "Reconnecting", "off");
    stream.onmessage = (event) => {
      pulse.dataset.after = event.lastEventId;
      const told = JSON.parse(event.data);
      if (!told.company || !company || told.company === company) later();
    };
  }

  // A browser has few connections to one server: a page that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      stream?.close();
      stream = null;
    } else if (!stream) {
      listen();
      later();
    }
  });
  if (!document.hidden) listen();

  // One box for all boxes of a form.
  document.addEventListener("change", ({ target }) => {
    if (target.dataset.all !== undefined)
      for (const box of document.querySelectorAll(`input[form="${target.dataset.all}"]`)) box.checked = target.checked;
  });

  // A form that leads back to its own page is sent without leaving it, so the place on the page stays.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("form[data-quiet]")) return;
    event.preventDefault();
    const button = event.submitter;
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams(new FormData(form, button));
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
      tell(parse(await answer.text()));
      for (const field of form.elements) field.defaultValue = field.value;
      await refresh();
    } catch {
      document.getElementById("note").innerHTML =
        '<p class="note bad"><strong>Not done.</strong> The server did not answer. Try again in a moment.</p>';
    } finally {
      button?.removeAttribute("aria-busy");
    }
  });

  // What the form did stands in the page that answered it, or is the sentence of a refusal.
  function tell(fresh) {
    const note = document.getElementById("note");
    const told = fresh.querySelector("#note > .note");
    const refusal = fresh.querySelector(".said .lead");
    note.replaceChildren();
    if (told) note.append(document.importNode(told, true));
    else if (refusal) {
      const line = Object.assign(document.createElement("p"), { className: "note bad", textContent: refusal.textContent });
      note.append(line);
    }
  }
})();
