// What both pages of the room are made of: elements, what a page remembers,
// what it loads. Text is always a text node.
(() => {
  const SVG = ["svg", "path", "rect", "text", "line", "title", "polyline"];
  const LINK = "http://www.w3.org/2000/svg";

  // An element, its attributes (functions listen), what stands inside.
  function make(tag, attributes = {}, ...children) {
    const made = SVG.includes(tag) ? document.createElementNS(LINK, tag)
      : document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== false && value !== undefined)
        made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  const find = id => document.getElementById(id);

  // What the page remembers, also after a sleep; where a browser keeps
  // nothing, as long as the page lives.
  const memory = {};

  function keep(name, value) {
    memory[name] = JSON.stringify(value);
    try {
      localStorage.setItem(`room ${name}`, memory[name]);
    } catch { /* then in memory only */ }
    return value;
  }

  function kept(name) {
    try {
      return JSON.parse(localStorage.getItem(`room ${name}`)
        ?? memory[name] ?? null);
    } catch {
      return JSON.parse(memory[name] ?? null);
    }
  }

  // A script, once; scripts run in the order in which they are asked for.
  const asked = {};
  const load = src => asked[src] ??= new Promise((onload, onerror) =>
    document.head.append(Object.assign(document.createElement("script"), {
      src, onload, onerror: () => {
        delete asked[src];     // the next try is a new one
        onerror(new Error(src));
      }, async: false})));

  const local = location.protocol === "file:";   // is there no server?

  // A number with three digits, as people write it.
  const short = x => String(Number(x.toPrecision(3)));

  globalThis.Room = {make, find, keep, kept, load, local, short};
})();
