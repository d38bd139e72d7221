// What every page needs: to know that scripts run, forms sent once, menus that close.
"use strict";

document.documentElement.classList.add("scripted");

// A form that was sent once is not sent again by a second click.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button:enabled")) {
      button.disabled = true;
      button.dataset.sent = "";
    }
  });
}
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-sent]")) {
    button.disabled = false;
    delete button.dataset.sent;
  }
});

// A menu closes when something else is chosen, and on Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
