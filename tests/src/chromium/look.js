// What is wrong with the page as it is laid out, one sentence each: text outside of the page, text that is cut off, text on text,
// words in pieces.
(width) => {
  const wrong = [];
  // A word that is not as wide as this has room on a line of any screen, in pixels.
  const SHORT = 200;
  const round = Math.round;
  const short = (text) => text.trim().replace(/\s+/g, " ").slice(0, 40);

  const wide = document.scrollingElement.scrollWidth;
  if (wide > width || innerWidth > width) {
    wrong.push(`it is ${Math.max(wide, innerWidth)} pixels wide`);
  }

  // Whatever is there for people who hear pages is kept out of sight like this.
  const unseen = new Map();
  const isUnseen = (element) => {
    if (!element) return false;
    if (!unseen.has(element)) {
      const clip = getComputedStyle(element).clipPath;
      unseen.set(element, clip.startsWith("inset(50%") || isUnseen(element.parentElement));
    }
    return unseen.get(element);
  };
  const scrolls = (element) => {
    for (let at = element; at && at !== document.body; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };

  for (const element of document.body.querySelectorAll("*")) {
    if (isUnseen(element) || element.closest("svg") || element.matches("input, textarea, select")) continue;
    const { overflowX, overflowY } = getComputedStyle(element);
    const cutX = ["hidden", "clip"].includes(overflowX) && element.scrollWidth > element.clientWidth + 1;
    const cutY = ["hidden", "clip"].includes(overflowY) && element.scrollHeight > element.clientHeight + 1;
    if (cutX || cutY) wrong.push(`<${element.localName}> cuts off "${short(element.textContent)}"`);
  }

  const lines = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const parent = node.parentElement;
    const seen = node.data.trim() && parent.checkVisibility({ visibilityProperty: true }) && !isUnseen(parent);
    if (!seen || parent.matches("option, textarea, script, style")) continue;
    const range = document.createRange();
    for (const { 0: word, index } of node.data.matchAll(/[\p{L}\p{N}€.,]+/gu)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const pieces = [...range.getClientRects()].filter((piece) => piece.width > 1);
      const across = pieces.reduce((sum, piece) => sum + piece.width, 0);
      const lines = new Set(pieces.map((piece) => round(piece.top)));
      if (lines.size > 1 && across < SHORT) wrong.push(`"${word}" is in pieces`);
    }
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2 || box.height < 2) continue;
      const { left, right, top, bottom } = box;
      lines.push({ left, right, top: top + scrollY, bottom: bottom + scrollY, text: short(node.data) });
      if ((right > width + 1 || left < -1) && !scrolls(parent)) {
        wrong.push(`"${short(node.data)}" stands from ${round(left)} to ${round(right)}`);
      }
    }
  }
  // Boxes of lines may touch a little where lines are set close: two in the same place share much more.
  lines.sort((one, other) => one.top - other.top);
  lines.forEach((one, at) => {
    for (const other of lines.slice(at + 1)) {
      if (other.top >= one.bottom) break;
      const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const down = Math.min(one.bottom, other.bottom) - other.top;
      if (across > 3 && down > 0.5 * Math.min(one.bottom - one.top, other.bottom - other.top)) {
        wrong.push(`"${one.text}" and "${other.text}" stand on each other`);
      }
    }
  });
  return wrong;
}
