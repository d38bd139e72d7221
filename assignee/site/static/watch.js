// Shows the stages of a run as the server tells of them.
"use strict";

const stages = document.getElementById("stages");

function show(told) {
  const row = [...stages.children].find((each) => each.dataset.stage === told.stage);
  if (!row) return;
  const total = told.finished ? told.done || 1 : told.total;
  row.className = told.finished ? "done" : "working";
  row.querySelector(".name").textContent = told.name;
  row.querySelector("progress").max = Math.max(total, 1);
  row.querySelector("progress").value = told.done;
  row.querySelector(".count").textContent = `${told.done}/${told.total}`;
  row.querySelector(".seconds").textContent = told.seconds >= 0.1 ? `${told.seconds.toFixed(1)} s` : "";
  row.querySelector(".detail").textContent = told.detail;
  // Stages run one after the other: the one before has ended, even if a part of it failed.
  for (const other of stages.querySelectorAll(".working")) if (other !== row) other.className = "done";
  const claims = told.verified === 1 ? "claim" : "claims";
  if (told.verified !== null) document.getElementById("verified").textContent = `${told.verified} ${claims} verified so far`;
  const cost = told.cost === null ? "cost unknown" : told.cost ? `$${told.cost.toFixed(4)}` : "";
  document.getElementById("cost").textContent = cost;
}

function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  document.getElementById("elapsed").textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function follow(address) {
  let began = performance.now();
  let spoken = "";
  const ticking = setInterval(() => clock((performance.now() - began) / 1000), 500);
  const source = new EventSource(address);
  source.addEventListener("begun", () => { stages.dataset.live = ""; });
  source.addEventListener("stage", (event) => {
    const told = JSON.parse(event.data);
    began = performance.now() - told.elapsed * 1000;
    show(told);
    if (told.name !== spoken) {
      spoken = told.name;
      document.getElementById("spoken").textContent = `${told.name}: ${stages.querySelector(`[data-stage="${told.stage}"] .does`).textContent}`;
    }
  });
  source.addEventListener("ended", () => {
    source.close();
    clearInterval(ticking);
    // The same address now shows the report, or why there is none.
    history.replaceState(null, "", `${location.pathname}#outcome`);
    location.reload();
  });
}

if (stages) {
  for (const told of JSON.parse(document.getElementById("rows").textContent)) {
    show(told);
    clock(told.elapsed);
  }
  if (stages.dataset.events) follow(stages.dataset.events);
}
