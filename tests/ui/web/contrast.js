// Every piece of text on the page whose contrast with what lies behind it is below 4.5:1 (WCAG 2.2, 1.4.3).
() => {
  const parse = (colour) => (colour.match(/[\d.]+/g) || []).map(Number);
  const over = (top, bottom) => [0, 1, 2].map((i) => top[i] * (top[3] ?? 1) + bottom[i] * (1 - (top[3] ?? 1)));
  const luminance = (colour) => {
    const [r, g, b] = colour.map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) {
      const colour = parse(getComputedStyle(n).backgroundColor);
      if (colour.length && (colour[3] ?? 1) > 0) layers.push(colour);
      if (colour.length && (colour[3] ?? 1) === 1) break;
    }
    return layers.reverse().reduce((below, colour) => over(colour, below), [255, 255, 255]);
  };
  const faint = [];
  for (const node of document.querySelectorAll("#title *, #new, #chat *, #source *, #box textarea")) {
    const words = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.textContent.trim());
    if (!words || !node.getBoundingClientRect().width || node.closest(".sr")) continue;
    let opacity = 1;
    for (let n = node; n; n = n.parentElement) opacity *= Number(getComputedStyle(n).opacity);
    const ground = behind(node);
    const ink = parse(getComputedStyle(node).color);
    ink[3] = (ink[3] ?? 1) * opacity;
    const [high, low] = [luminance(over(ink, ground)), luminance(ground)].sort((x, y) => y - x);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.push(`${node.className || node.tagName} "${node.textContent.slice(0, 30)}" ${ratio.toFixed(2)}`);
  }
  return faint;
}
