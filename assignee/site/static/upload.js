// Sends files as soon as they are chosen and shows how far it is; without scripts the form sends them.
"use strict";

const input = document.getElementById("file");
const state = document.getElementById("file-state");
const upload = input.form.elements.upload;
const bar = state.querySelector("progress");
const names = state.querySelector(".names");
const back = state.querySelector("button");
const token = document.querySelector("meta[name=csrf]").content;

function tell(text, wrong = false) {
  state.hidden = false;
  bar.hidden = true;
  names.textContent = text;
  state.classList.toggle("wrong", wrong);
  input.setAttribute("aria-invalid", wrong);
}

function tooMuch(files) {
  if (files.length > Number(input.dataset.most)) return `At most ${input.dataset.most} files can be uploaded at once.`;
  const large = files.find((file) => file.size > Number(input.dataset.largest));
  return large ? `${large.name} is too large: at most ${Math.floor(input.dataset.largest / 2 ** 20)} MB are read.` : "";
}

function hold(held) {
  for (const button of input.form.querySelectorAll("button[type=submit]")) button.disabled = held;
}

function done(request) {
  hold(false);
  // The gate answers in plain text, the rest of the server in JSON.
  const reply = request.responseText.startsWith("{") ? JSON.parse(request.responseText) : { detail: request.responseText };
  if (request.status !== 201) {
    tell(String(reply.detail), true);
    return;
  }
  upload.value = reply.id;
  back.hidden = false;
  tell(`Uploaded: ${reply.files.map((file) => file.name).join(", ")}`);
}

function send(files) {
  const body = new FormData();
  for (const file of files) body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", `/api/uploads${upload.value ? `?to=${upload.value}` : ""}`);
  request.setRequestHeader("X-CSRF-Token", token);
  request.upload.addEventListener("progress", (event) => { bar.value = event.total ? event.loaded / event.total : 0; });
  request.addEventListener("load", () => done(request));
  request.addEventListener("error", () => { hold(false); tell("The files could not be uploaded: is the server still running?", true); });
  hold(true);
  tell(`Uploading ${files.length} ${files.length === 1 ? "file" : "files"}`);
  bar.hidden = false;
  request.send(body);
}

input.addEventListener("change", () => {
  const files = [...input.files];
  // They are sent from here: the form itself then only names the upload.
  input.value = "";
  const fault = tooMuch(files);
  if (fault) tell(fault, true);
  else if (files.length) send(files);
});

back.addEventListener("click", () => {
  fetch(`/api/uploads/${upload.value}`, { method: "DELETE", headers: { "X-CSRF-Token": token } });
  upload.value = "";
  state.hidden = back.hidden = true;
});
