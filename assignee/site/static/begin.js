// Begins a run and tells its first stage at once; then comes the page that watches the others.
"use strict";

const PATIENCE = 1000;

const form = document.querySelector("form.ask");
const told = document.getElementById("begun");

async function begin() {
  const reply = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
  });
  // What is at fault is said by the page that the form itself gets.
  if (reply.status !== 201) {
    form.submit();
    return;
  }
  const { address } = await reply.json();
  const leave = () => location.assign(address);
  const waited = setTimeout(leave, PATIENCE);
  const source = new EventSource(`/api${address}/events`);
  source.addEventListener("stage", (event) => {
    source.close();
    told.textContent = `Under way: ${JSON.parse(event.data).name}`;
    // The second frame comes when the first one was shown; a page in the background has none.
    requestAnimationFrame(() => requestAnimationFrame(() => { clearTimeout(waited); leave(); }));
  }, { once: true });
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return;
  event.preventDefault();
  begin().catch(() => form.submit());
});
window.addEventListener("pageshow", () => { told.textContent = ""; });
