// How the search ranks: a page or heading that was asked for comes first.
var Scorer = {
  objNameMatch: 11, objPartialMatch: 6, objPrio: {0: 15, 1: 5, 2: -5},
  objPrioDefault: 0, title: 15, partialTitle: 7, term: 5, partialTerm: 2,
  score: ([page, title, anchor, description, score]) => {
    const plain = text => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ")
      .trim();
    const asked = plain(new URLSearchParams(location.search).get("q") ?? "");
    return score + (asked && plain(title).includes(asked) ? 20 : 0);
  },
};
