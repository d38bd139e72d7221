// Says turns and shows what comes of them, without losing one's place in the report.
"use strict";

const latest = document.getElementById("latest");
const said = document.getElementById("said");

said.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) said.form.requestSubmit();
});

function show(told) {
  const passes = document.getElementById("passes");
  let row = [...passes.children].find((each) => each.dataset.name === told.name);
  if (!row) {
    row = document.createElement("li");
    row.dataset.name = told.name;
    passes.append(row);
  }
  row.textContent = `${told.name} ${told.done}/${told.total}`;
}

async function finish(told) {
  const session = latest.dataset.session;
  if (told.status !== "finished" || told.changed) {
    // Another report stands now, or there is something to say about why not.
    const why = told.why ? `?why=${encodeURIComponent(told.why)}` : "";
    const place = told.turn ? `turn-${told.turn}` : "say";
    location.replace(`/sessions/${session}${why}#${place}`);
    if (!why) location.reload();
    return;
  }
  const reply = await fetch(`/sessions/${session}/turns/${told.turn}`);
  const made = new DOMParser().parseFromString(await reply.text(), "text/html");
  latest.replaceWith(document.adoptNode(made.querySelector(".turn")));
  for (const field of document.querySelectorAll("#say :disabled, .attach :disabled, .actions :disabled:not([data-stays])")) field.disabled = false;
  bottom();
  said.focus({ preventScroll: true });
}

function bottom() {
  const turns = document.getElementById("turns");
  turns.scrollTop = turns.scrollHeight;
}

bottom();
if (latest?.dataset.events) {
  const source = new EventSource(latest.dataset.events);
  source.addEventListener("stage", (event) => show(JSON.parse(event.data)));
  source.addEventListener("ended", (event) => {
    source.close();
    finish(JSON.parse(event.data));
  });
}
