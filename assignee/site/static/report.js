// Filters the claims of a report; the filter stands in the address, so that a reload keeps it.
"use strict";

const filter = document.getElementById("filter");

function chosen() {
  const data = new FormData(filter);
  return {
    verdicts: data.getAll("verdict"),
    paper: data.get("paper"),
    confidence: data.get("confidence"),
    words: data.get("words").toLocaleLowerCase().split(/\s+/).filter(Boolean),
  };
}

function fits(claim, { verdicts, paper, confidence, words }) {
  const known = claim.dataset.confidence;
  if (verdicts.length && !verdicts.includes(claim.dataset.verdict)) return false;
  if (paper && claim.dataset.paper !== paper) return false;
  if (confidence === "none" ? known : confidence && !(known && Number(known) >= Number(confidence))) return false;
  if (!words.length) return true;
  const text = claim.textContent.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function apply() {
  const asked = chosen();
  const claims = document.querySelectorAll("#claim-list > .claim");
  let shown = 0;
  for (const claim of claims) {
    claim.hidden = !fits(claim, asked);
    shown += !claim.hidden;
  }
  document.getElementById("shown").textContent = `${shown} of ${claims.length} claims`;
  document.getElementById("none-shown").hidden = shown > 0;
}

function remember() {
  const kept = new URLSearchParams();
  for (const [name, value] of new FormData(filter)) if (value) kept.append(name, value);
  const query = kept.toString();
  history.replaceState(null, "", location.pathname + (query ? `?${query}` : "") + location.hash);
}

function recall() {
  for (const [name, value] of new URLSearchParams(location.search)) {
    for (const field of filter.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  apply();
}

// A link to a claim that the filter hides shows all claims.
function reveal() {
  const place = document.getElementById(location.hash.slice(1));
  if (!place?.closest(".claim[hidden]")) return;
  filter.reset();
  place.scrollIntoView();
}

if (filter) {
  recall();
  filter.addEventListener("input", () => { apply(); remember(); });
  filter.addEventListener("submit", (event) => event.preventDefault());
  // A form tells of a reset before it is done.
  filter.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  window.addEventListener("hashchange", reveal);
}
