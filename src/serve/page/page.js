"use strict";
// Puts what the service sends where it belongs, says whether it is still being sent, and has matches simulated.
(() => {
  const SILENCE = 15_000; // without a sign of life for this long the connection is taken for lost
  const AGAIN = 2_000;
  const STATES = { connecting: "connecting …", live: "live", lost: "connection lost, trying again …" };
  const place = (id) => document.getElementById(id);
  let source = null;
  let silence = null;

  const say = (state) => {
    const shown = place("connection");
    if (shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.textContent = STATES[state];
  };

  const replace = (id, html) => {
    const target = place(id);
    if (!target?.hasAttribute("data-live")) return;
    const content = document.createElement("template");
    content.innerHTML = html;
    // what is as it was keeps what is selected in it
    if (content.innerHTML !== target.innerHTML) target.replaceChildren(content.content);
  };

  const change = (event) => {
    const { parts, empty } = JSON.parse(event.data);
    Object.entries(parts).forEach(([id, html]) => replace(id, html));
    place("empty").hidden = !empty;
    heard();
  };

  const lose = () => {
    say("lost");
    // a browser tries again by itself, but not after every answer
    if (source.readyState === EventSource.CLOSED) later(AGAIN);
  };

  const later = (milliseconds) => {
    clearTimeout(silence);
    silence = setTimeout(connect, milliseconds);
  };

  const heard = () => {
    say("live");
    later(SILENCE);
  };

  const connect = () => {
    source?.close();
    if (source) say("lost");
    source = new EventSource("/page/events");
    source.addEventListener("version", (event) => {
      // a page of another version would not know what to do with what it is sent
      if (event.data !== document.documentElement.dataset.version) location.reload();
      heard();
    });
    source.addEventListener("change", change);
    source.addEventListener("error", lose);
    later(SILENCE);
  };

  let isAsking = false;
  const simulate = async (event) => {
    event.preventDefault();
    if (isAsking) return;
    isAsking = true;
    const asked = new URLSearchParams();
    new FormData(event.target).forEach((value, name) => value.trim() && asked.set(name, value.trim()));
    try {
      const response = await fetch(`/simulate/match?${asked}`, { method: "POST" });
      tell(await response.json(), response.ok);
    } catch {
      tell({ detail: "the service did not answer" }, false);
    }
    isAsking = false;
  };

  const tell = (answer, ok) => {
    const said = place("played");
    said.classList.toggle("failed", !ok);
    if (!ok) return void (said.value = `Not played: ${answer.detail}`);
    const { home_team, away_team, final_score, is_over } = answer;
    const score = is_over ? `${final_score.home_goals}–${final_score.away_goals}` : "–";
    said.value = `${home_team} ${score} ${away_team}${is_over ? "" : " is being played"}`;
  };

  place("simulate").addEventListener("submit", simulate);
  addEventListener("online", connect);
  connect();
})();
