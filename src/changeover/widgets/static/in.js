// Widgets of a job board on the pages of an ATS (docs/widgets.md). Written as LinkedIn's in.js is:
//   <script src="https://board.example/widgets/in.js">api_key: CLIENT
//   token_url: /my-token</script>
//   <script type="IN/ApplicantHighlights" data-li-job-application-id="urn:li:jobApplication:7"
//           data-integration-context="urn:li:organization:5"></script>
"use strict";

(() => {
  const me = document.currentScript;
  const board = new URL(me.src).origin;
  const PATHS = { ApplicantHighlights: "applicant-highlights", FullProfile: "full-profile", ATSIntegrationWidget: "ats-integration" };
  const NAMES = { ApplicantHighlights: "Applicant highlights", FullProfile: "Full profile", ATSIntegrationWidget: "Integration" };
  const lines = me.textContent.split("\n").map((line) => line.match(/^\s*(\w+)\s*:\s*(.*?)\s*$/));
  const said = Object.fromEntries(lines.filter(Boolean).map((match) => [match[1], match[2]]));
  const shown = []; // each frame with the tag it was made for
  let kept = null; // the token, or its coming

  // The token of who is signed in to the ATS: of the tag, or of the ATS's own server, asked with its own cookies.
  function token(tag, anew) {
    if (!said.token_url) return Promise.resolve(tag.dataset.widgetToken ?? "");
    if (!kept || anew) {
      kept = fetch(said.token_url, { method: "POST", credentials: "same-origin" })
        .then((answer) => (answer.ok ? answer.json() : {}))
        .then((told) => {
          setTimeout(() => (kept = null), Math.max((told.expires_in ?? 0) - 60, 1) * 1000);
          return told.token ?? "";
        })
        .catch(() => "");
    }
    return kept;
  }

  // Sent as a form, so that the token stands in no address, history or log.
  async function open(it) {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action: `${board}/widgets/${PATHS[it.kind]}`, target: it.frame.name, hidden: true });
    const fields = {
      token: await token(it.tag),
      api_key: said.api_key ?? "",
      li_job_application_id: it.tag.dataset.liJobApplicationId ?? "",
      integration_context: it.tag.dataset.integrationContext ?? "",
    };
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
    form.remove();
  }

  function frame(tag, kind) {
    const made = document.createElement("iframe");
    made.name = `board-widget-${shown.length}`;
    made.title = NAMES[kind];
    made.sandbox = "allow-scripts allow-forms allow-downloads"; // no origin of its own, and so no cookies
    made.style.cssText = "display:block;width:100%;border:0;height:8rem;color-scheme:normal";
    if (tag.dataset.width) made.style.maxWidth = `${parseInt(tag.dataset.width, 10)}px`;
    const it = { frame: made, tag, kind, close: () => {} };
    shown.push(it);
    return it;
  }

  // A card that opens beside a name: by hovering, by keyboard or by a tap; Escape closes it.
  function card(tag, kind) {
    const box = document.createElement("span");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Highlights" });
    button.ariaExpanded = "false";
    if (tag.dataset.name) button.ariaLabel = `Highlights of ${tag.dataset.name}`;
    box.style.cssText = "position:relative;display:inline-block";
    box.append(button);
    tag.after(box);
    let it = null;
    let timer = 0;
    const show = () => {
      clearTimeout(timer);
      if (it) return;
      it = frame(tag, kind);
      it.close = (back) => hide(back);
      it.frame.style.cssText +=
        ";position:absolute;z-index:9;top:100%;left:0;width:min(24rem,86vw);max-height:70vh;background:Canvas;border:1px solid GrayText;border-radius:10px";
      box.append(it.frame);
      const over = it.frame.getBoundingClientRect().right - document.documentElement.clientWidth + 8;
      if (over > 0) it.frame.style.left = `${-over}px`;
      button.ariaExpanded = "true";
      open(it);
    };
    const hide = (back) => {
      if (!it) return;
      shown[shown.indexOf(it)] = {};
      it.frame.remove();
      it = null;
      button.ariaExpanded = "false";
      if (back) button.focus();
    };
    const later = () => (timer = setTimeout(() => box.contains(document.activeElement) || hide(), 400));
    button.addEventListener("click", () => (it ? hide() : show()));
    box.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && (timer = setTimeout(show, 250)));
    box.addEventListener("pointerleave", () => (clearTimeout(timer), later()));
    box.addEventListener("keydown", (event) => event.key === "Escape" && hide(true));
    box.addEventListener("focusout", later);
    box.addEventListener("focusin", () => clearTimeout(timer));
  }

  // Every tag that has not been read yet; a page that adds some calls IN.parse() again.
  function parse(root = document) {
    for (const tag of root.querySelectorAll('script[type^="IN/"]:not([data-parsed])')) {
      const kind = tag.type.slice(3);
      if (!(kind in PATHS)) continue;
      tag.dataset.parsed = "";
      if (kind === "ApplicantHighlights" && tag.dataset.display !== "inline") card(tag, kind);
      else {
        const it = frame(tag, kind);
        tag.after(it.frame);
        open(it);
      }
    }
  }

  addEventListener("message", async (event) => {
    const it = shown.find((each) => each.frame && each.frame.contentWindow === event.source);
    // Only our own frames, which have no origin of their own.
    if (!it || event.origin !== "null") return;
    const told = event.data ?? {};
    if (told.height > 0) it.frame.style.height = `${Math.min(Math.ceil(told.height), 20000)}px`;
    if (told.close) it.close(true);
    if (told.integrations) window[it.tag.dataset.onintegrate]?.(told.integrations);
    // The answer goes through the port that came with the question: nobody else hears it.
    if (told.token) event.ports[0]?.postMessage(await token(it.tag, true));
  });

  window.IN ??= { parse };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", () => parse());
  else parse();
})();
