/** A rectangle on the desktop, in device-independent pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Of a window's upper edge this much must be on a display, or nobody can take hold of it, in pixels. */
const GRIP_WIDTH = 96;
const GRIP_HEIGHT = 32;

/**
 * Where a window opens: where it was, as long as it can be seen and taken hold of there; centred on the first
 * display otherwise (the other display was unplugged, the resolution changed).
 *
 * @param remembered - where the window was when it was last closed.
 * @param workAreas - of each display the part that the system's bars leave free, the primary display first.
 */
export function placeWindow(
  remembered: Rectangle | undefined,
  workAreas: readonly Rectangle[],
  sizes: { readonly initial: Size; readonly least: Size },
): Rectangle {
  const [primary] = workAreas;
  const fallback: Rectangle = { x: 0, y: 0, ...sizes.initial };
  if (!primary) return remembered ?? fallback;
  // Shrunk to its display first: a window that hangs over every edge has its grip where nobody reaches it.
  const placed = remembered
    ? workAreas
        .map((area) => ({ window: { ...remembered, ...shrink(remembered, area, sizes.least) }, area }))
        .find(({ window, area }) => canBeGripped(window, area))
    : undefined;
  if (placed) return placed.window;
  const size = shrink(remembered ?? fallback, primary, sizes.least);
  return {
    x: Math.round(primary.x + (primary.width - size.width) / 2),
    y: Math.round(primary.y + (primary.height - size.height) / 2),
    ...size,
  };
}

function canBeGripped(window: Rectangle, area: Rectangle): boolean {
  const left = Math.max(window.x, area.x);
  const right = Math.min(window.x + window.width, area.x + area.width);
  const topIsInside = window.y >= area.y - 1 && window.y + GRIP_HEIGHT <= area.y + area.height;
  return topIsInside && right - left >= GRIP_WIDTH;
}

function shrink(wanted: Size, area: Rectangle, least: Size): Size {
  return {
    width: Math.round(Math.max(Math.min(wanted.width, area.width), Math.min(least.width, area.width))),
    height: Math.round(Math.max(Math.min(wanted.height, area.height), Math.min(least.height, area.height))),
  };
}
