// Finds papers of the library while one types; what was chosen stays chosen.
"use strict";

const list = document.getElementById("paper-list");
const words = document.getElementById("paper-words");

async function find() {
  const asked = words.value;
  const reply = await fetch(`/choices?words=${encodeURIComponent(asked)}`);
  if (!reply.ok || asked !== words.value) return;
  const found = new DOMParser().parseFromString(await reply.text(), "text/html").body;
  const chosen = [...list.querySelectorAll(".paper")].filter((paper) => paper.querySelector("input").checked);
  const ids = new Set(chosen.map((paper) => paper.querySelector("input").value));
  const others = [...found.children].filter((each) => !ids.has(each.querySelector("input")?.value));
  list.replaceChildren(...chosen, ...others.map((each) => document.adoptNode(each)));
}

if (list) {
  let waiting;
  document.getElementById("find").remove();
  words.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, 150);
  });
  words.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
