// Questions that depend on an answer show only where it is given, and what is plainly wrong is said at its field.
// Without this file all questions show and say when they apply, and the answer to the form says what is wrong.
"use strict";

const asked = [...document.querySelectorAll("[data-needs]")];
const look = () => {
  for (const field of asked) {
    const picked = [...document.getElementsByName(field.dataset.needs)].find((it) => it.checked || it.matches("select"));
    field.hidden = picked?.value !== field.dataset.value;
    field.querySelector(".needs").hidden = true;
  }
};
// What the browser sees to be wrong is said at its field at once. It holds nothing up: all is looked at when it is sent.
const check = (control) => {
  const field = control.closest(".apply .field");
  if (!field || !control.willValidate) return;
  const large = (control.files?.[0]?.size ?? 0) > Number(control.dataset.most ?? Infinity);
  control.setCustomValidity(large ? "This file is larger than what is taken here. Make it smaller." : "");
  const id = `e-${control.name}`;
  if (!document.getElementById(id)) {
    field.append(Object.assign(document.createElement("span"), { id, className: "wrong", role: "status" }));
    control.setAttribute("aria-describedby", `${control.getAttribute("aria-describedby") ?? ""} ${id}`.trim());
  }
  document.getElementById(id).textContent = control.validationMessage;
  control.setAttribute("aria-invalid", String(!control.validity.valid));
  field.classList.toggle("bad", !control.validity.valid);
};
document.addEventListener("change", (event) => {
  look();
  check(event.target);
});
look();
document.getElementById("wrong")?.focus();
