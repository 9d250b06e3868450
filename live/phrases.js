// Sentences in either script, English or Chinese. Pure.
(() => {
  globalThis.Live ??= {};
  Object.assign(Live, {
    // One after another: no gap after a stop as wide as a letter.
    joined: texts => texts.filter(Boolean).reduce((all, text) =>
      all + (/[。！？：；]$/.test(all) ? "" : " ") + text),
    // A text that becomes a sentence.
    sentence: text => text[0].toUpperCase() + text.slice(1)
      + (/[一-龥]/.test(text) ? "。" : "."),
    // Letters that it takes room for; a Chinese sign takes nearly two.
    letters: (text = "") => text.length + .8 * text.replace(
      /[\0-\u2e7f]/g, "").length});
})();
