// Shows the stages of a run as the server tells of them.
"use strict";

// Asked for before the page is read to its end; what is told meanwhile waits for it.
const source = document.currentScript.dataset.events && new EventSource(document.currentScript.dataset.events);
const ready = new Promise((resolve) => document.addEventListener("DOMContentLoaded", resolve));
let stages;

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

function follow() {
  let began = performance.now();
  let spoken = "";
  const ticking = setInterval(() => clock((performance.now() - began) / 1000), 500);
  const hear = (kind, then) => source.addEventListener(kind, (event) => ready.then(() => then(event)));
  hear("begun", () => { stages.dataset.live = ""; });
  hear("stage", (event) => {
    const told = JSON.parse(event.data);
    began = performance.now() - told.elapsed * 1000;
    show(told);
    if (told.name !== spoken) {
      spoken = told.name;
      document.getElementById("spoken").textContent = `${told.name}: ${stages.querySelector(`[data-stage="${told.stage}"] .does`).textContent}`;
    }
  });
  hear("ended", () => {
    source.close();
    clearInterval(ticking);
    // The same address now shows the report, or why there is none.
    history.replaceState(null, "", `${location.pathname}#outcome`);
    location.reload();
  });
}

ready.then(() => {
  stages = document.getElementById("stages");
  for (const told of stages ? JSON.parse(document.getElementById("rows").textContent) : []) {
    show(told);
    clock(told.elapsed);
  }
});
if (source) follow();
