// Questions that depend on an answer show only where it is given. Without this file all show, and say when they apply.
"use strict";

const asked = [...document.querySelectorAll("[data-needs]")];
const look = () => {
  for (const field of asked) {
    const picked = [...document.getElementsByName(field.dataset.needs)].find((it) => it.checked || it.matches("select"));
    field.hidden = picked?.value !== field.dataset.value;
    field.querySelector(".needs").hidden = true;
  }
};
document.addEventListener("change", look);
look();
document.getElementById("wrong")?.focus();
